"""Records that are no whole ones: one clear error, whatever was done to them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qsession import JobFailedError, RecordError, Session, open_record
from qsession.ledger.result_codec import encode_result
from qsession.records.schema import SEAL
from tests.records.written import export, rewritten

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def record(study: Session, path: Path) -> Path:
    export(study, path)
    return path


def use(path: Path) -> list[bytes | str | None]:
    """Open a record and look at all that is in it: what its jobs gave."""
    opened = open_record(path)
    found: list[bytes | str | None] = []
    for each in opened.jobs:
        job: Any = opened.job(each.job_id)
        assert job.inputs
        try:
            found.append(encode_result(job.result()))
        except JobFailedError as error:
            found.append(str(error))
    return found


def with_head(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Change what ``record.json`` tells, and seal it anew: what an attacker can do."""

    def changed(path: Path) -> None:
        with zipfile.ZipFile(path) as file:
            head = json.loads(file.read("record.json"))
        change(head)
        content = json.dumps(head).encode()
        rewritten(path, lambda files: files.update({"record.json": content}))
        with zipfile.ZipFile(path, "a") as file:
            file.comment = f"{SEAL}{sha256(content).hexdigest()}".encode()

    return changed


def test_a_whole_one_is_read(record: Path):
    use(record)


@pytest.mark.parametrize("kept", [0, 10, 0.3, 0.9, -1])
def test_a_truncated_one_is_refused(record: Path, kept: float):
    content = record.read_bytes()
    size = int(kept * len(content)) if 0 < kept < 1 else int(kept)
    record.write_bytes(content[:size])
    with pytest.raises(RecordError, match=r"study.zip is (no zip file|damaged|no record)"):
        use(record)


@pytest.mark.parametrize(
    "name",
    ["record.json", "jobs.jsonl", "jobs/000000/result.json", "jobs/000000/result.npz", "circuits"],
)
@pytest.mark.parametrize("how", ["changed", "missing", "empty"])
def test_a_file_in_it_that_was_tampered_with_is_found(record: Path, name: str, how: str):
    def tamper(files: dict[str, bytes]) -> None:
        own = next(each for each in files if each.startswith(name))
        content = files.pop(own)
        if how == "changed":
            files[own] = content[:-1] + bytes([content[-1] ^ 1])
        elif how == "empty":
            files[own] = b""

    with pytest.raises(RecordError):
        use(rewritten(record, tamper))


@settings(max_examples=150)
@example(
    place=0.990234375, bit=0
)  # the place of the directory: a file begins before the first byte
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_bit_can_be_flipped_unnoticed_and_nothing_else_is_raised(
    kept_record: Path, tmp_path_factory: pytest.TempPathFactory, place: float, bit: int
):
    content = bytearray(kept_record.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    flipped = tmp_path_factory.getbasetemp() / "flipped.zip"
    flipped.write_bytes(content)
    try:
        found = use(flipped)
    except RecordError:
        return
    # It was one of a time of a file, which nobody reads: all that is read is as it was.
    assert found == use(kept_record)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"not a zip", b"PK\x05\x06" + bytes(18)],
    ids=["", "pk", "text", "no files"],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=r"other.zip is no"):
        open_record(path)


def test_a_zip_of_something_else_is_refused(tmp_path: Path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("record.json", "{}")
    with pytest.raises(RecordError, match="is no record of a session"):
        open_record(path)


def test_one_of_a_later_release_says_so(record: Path):
    with_head(lambda head: head.update(schema=99))(record)
    with pytest.raises(RecordError, match=r"in schema 99; this release reads up to 1. Update it"):
        open_record(record)


def test_what_later_releases_add_is_no_harm(record: Path):
    with_head(lambda head: head["session"].update(mood="good"))(record)
    use(record)


@pytest.mark.parametrize(
    "change",
    [
        lambda head: head.update(format="mine"),
        lambda head: head.update(schema="1"),
        lambda head: head.update(session=5),
        lambda head: head.pop("session"),
        lambda head: head["session"].update(mode="party"),
        lambda head: head["session"].update(session_id=None),
        lambda head: head["session"].update(state="happy"),
        lambda head: head["session"].update(usage_s="much"),
        lambda head: head["session"].update(max_time_s=-1),
        lambda head: head["session"].update(opened="yesterday"),
        lambda head: head["session"].update(name="\n"),
        lambda head: head.update({"jobs.jsonl": 5}),
        lambda head: head.update({"jobs.jsonl": [5, "no digest"]}),
    ],
    ids=[
        "format", "schema", "session", "no session", "mode", "id", "state", "usage", "max_time",
        "time", "name", "listing", "digest",
    ],
)  # fmt: skip
def test_a_head_that_says_something_impossible_is_refused(record: Path, change: Any):
    with_head(change)(record)
    with pytest.raises(RecordError):
        use(record)


# --- bombs ----------------------------------------------------------------------------------------


def test_a_file_that_becomes_too_large_is_not_unpacked(record: Path, monkeypatch: Any):
    from qsession.records import archive

    monkeypatch.setattr(archive, "LARGEST_HEAD", 100)
    with pytest.raises(RecordError, match=r"record.json is larger than it should be"):
        open_record(record)


def test_a_file_that_says_less_than_it_is_is_not_unpacked(record: Path):
    """The size in the directory is what is believed, and no byte more is made of it."""
    rewritten(record, lambda files: files.update({"jobs/000000/result.npz": bytes(10**7)}))
    content = record.read_bytes()
    told = (10**7).to_bytes(4, "little")
    assert content.count(told) >= 1
    record.write_bytes(content.replace(told, (100).to_bytes(4, "little")))
    with pytest.raises(RecordError):
        use(record)


def test_files_that_share_their_bytes_are_refused(record: Path):
    """As in a bomb of overlapping files, of which each byte is unpacked a thousand times."""
    with zipfile.ZipFile(record, "a", zipfile.ZIP_DEFLATED) as file:
        big = file.infolist()[0]
        for number in range(400):
            copy = zipfile.ZipInfo(f"more-{number}")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(copy, name, getattr(big, name))
            file.filelist.append(copy)
        file._didModify = True  # type: ignore[attr-defined]  # writes the directory anew
    with pytest.raises(RecordError, match="overlap"):
        open_record(record)


def test_one_name_for_two_files_is_refused(record: Path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(record, "a") as file:
        file.writestr("jobs.jsonl", "{}")
    with pytest.raises(RecordError, match="is in it twice"):
        open_record(record)


@pytest.fixture(scope="module")
def kept_record() -> Path:
    """The record that an earlier release wrote."""
    return Path(__file__).parent / "kept" / "schema-1.zip"
