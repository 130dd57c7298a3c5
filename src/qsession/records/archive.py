"""Reads the files of a record, and trusts none of them: `RecordFile`."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from qsession.errors import RecordError, in_words
from qsession.records.schema import (
    FORMAT,
    HEAD,
    JOBS,
    LARGEST_HEAD,
    LARGEST_LINE,
    LARGEST_LISTING,
    LARGEST_PART,
    SCHEMA,
    SEAL,
    circuit_file,
)

_LOCAL_HEADER: Final = struct.Struct("<4sHHHHHLLLHH")
_LOCAL_MAGIC: Final = b"PK\x03\x04"
_RAW_DEFLATE: Final = -15


@dataclass(frozen=True, slots=True)
class _Entry:
    begin: int
    packed: int
    size: int
    is_deflated: bool


class RecordFile:
    """The files in a record. It holds nothing open: each is read when it is asked for.

    Args:
        path: The zip file.

    Raises:
        RecordError: If it is no whole record.
        OSError: If it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries, comment = self._read_directory()
        seal, _, digest = comment.decode("ascii", errors="replace").rpartition(" ")
        if f"{seal} " != SEAL or HEAD not in self._entries:
            raise RecordError(
                f"{path} is no record of a session. Expected a file that session.export wrote."
            )
        content = self._content(HEAD, LARGEST_HEAD)
        self._require(sha256(content).hexdigest() == digest, f"{HEAD} was changed")
        self.head: Mapping[str, Any] = self._json(content, HEAD)
        self._check_schema()

    def _check_schema(self) -> None:
        schema = self.head.get("schema")
        if self.head.get("format") != FORMAT or type(schema) is not int or schema < 1:
            raise self.damaged(f"{HEAD} tells no schema")
        if schema > SCHEMA:
            made_by = self.head.get("versions", {}).get("qsession", "a later release")
            raise RecordError(
                f"{self.path} was written by qsession {made_by} in schema {schema}; this release "
                f"reads up to {SCHEMA}. Update it: pip install --upgrade qsession."
            )

    def lines(self) -> Iterator[Mapping[str, Any]]:
        """The lines of all jobs, oldest first."""
        content = self.read(JOBS, self.head.get(JOBS), LARGEST_LISTING)
        for line in content.splitlines():
            self._require(len(line) <= LARGEST_LINE, f"a line of {JOBS} is too long")
            yield self._json(line, JOBS)

    def read(self, name: str, told: Any, largest: int = LARGEST_PART) -> bytes:
        """The content of a file that is told of with its size and digest.

        Raises:
            RecordError: If it is another, or none.
        """
        match told:
            case [int() as size, str() as digest]:
                content = self._content(name, min(size, largest))
            case _:
                raise self.damaged(f"nothing is told of {name}")
        is_same = len(content) == size and sha256(content).hexdigest() == digest
        self._require(is_same, f"{name} was changed")
        return content

    def circuit(self, digest: str) -> bytes:
        """The content of a circuit's file."""
        name = circuit_file(digest)
        content = self._content(name, LARGEST_PART)
        self._require(sha256(content).hexdigest().startswith(digest), f"{name} was changed")
        return content

    def damaged(self, what: str) -> RecordError:
        """The error that says what is wrong with the file."""
        return RecordError(
            f"{self.path} is damaged or was changed: {what}. Get it again from whoever made it."
        )

    def _require(self, is_good: bool, otherwise: str) -> None:
        if not is_good:
            raise self.damaged(otherwise)

    def _json(self, content: bytes, name: str) -> Mapping[str, Any]:
        try:
            told = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self.damaged(f"{name} is no JSON") from error
        self._require(isinstance(told, dict), f"{name} is another kind of JSON")
        found: Mapping[str, Any] = told
        return found

    def _read_directory(self) -> tuple[dict[str, _Entry], bytes]:
        try:
            with zipfile.ZipFile(self.path) as file:
                members, comment = file.infolist(), file.comment
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise RecordError(
                f"{self.path} is no zip file, or only the beginning of one ({in_words(error)}). "
                "Expected a file that session.export wrote."
            ) from error
        methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        entries: dict[str, _Entry] = {}
        for member in members:
            is_plain = member.compress_type in methods and not member.flag_bits & 1
            self._require(is_plain, f"{member.filename} is packed otherwise than in a record")
            self._require(member.filename not in entries, f"{member.filename} is in it twice")
            # What the end of the file says of its length is taken off.
            self._require(member.header_offset >= 0, f"{member.filename} begins before the file")
            entries[member.filename] = _Entry(
                member.header_offset,
                member.compress_size,
                member.file_size,
                member.compress_type == zipfile.ZIP_DEFLATED,
            )
        packed = sum(entry.packed for entry in entries.values())
        # Files that share their bytes are how a small zip file becomes a large one.
        self._require(packed <= self.path.stat().st_size, "its files overlap")
        return entries, comment

    def _content(self, name: str, largest: int) -> bytes:
        """The content of a file. Nothing is unpacked beyond what is allowed.

        The zip file is opened for it anew: a process that forks, or lives long, shares nothing.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise self.damaged(f"{name} is missing")
        self._require(entry.size <= largest, f"{name} is larger than it should be")
        try:
            content = self._unpacked(entry)
        except (struct.error, zlib.error) as error:
            raise self.damaged(f"{name} cannot be unpacked") from error
        self._require(len(content) == entry.size, f"{name} is not as long as it says")
        return content

    def _unpacked(self, entry: _Entry) -> bytes:
        with self.path.open("rb") as file:
            file.seek(entry.begin)
            header = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
            magic, *_, name_length, extra_length = header
            self._require(magic == _LOCAL_MAGIC, "a file does not begin where it should")
            file.seek(name_length + extra_length, 1)
            packed = file.read(entry.packed)
        if not entry.is_deflated:
            return packed
        # One byte more than it should be would show that it says less than it is.
        return zlib.decompressobj(_RAW_DEFLATE).decompress(packed, entry.size + 1)
