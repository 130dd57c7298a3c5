"""The layout of a record: the one owner of its names and limits.

A record is a zip file. Everything in it is JSON, QPY, npz without pickle, HTML or plain text, and
what is large is read when it is asked for. ``record.json`` tells what is known of the session and
the digest of every other file at the top; each line of ``jobs.jsonl`` is a job, with the digests of
its own files; the zip's comment has that of ``record.json``. So any change is found: it is a seal
against accidents, not a signature.
"""

from __future__ import annotations

from typing import Final

FORMAT: Final = "qsession-record"

SCHEMA: Final = 1
"""Raised when an older release could misread a record. What is only added needs no new one."""

HEAD: Final = "record.json"
JOBS: Final = "jobs.jsonl"
DEVICE: Final = "device.json"
PICTURE: Final = "session.html"
README: Final = "README.txt"

SEAL: Final = "qsession record, sha256 of record.json: "
"""Begins the comment of the zip file."""

INPUTS: Final = "inputs"
RESULT: Final = "result"
OPTIONS: Final = "options.json"
ERROR: Final = "error.json"

LARGEST_HEAD: Final = 16 * 2**20
LARGEST_LINE: Final = 4 * 2**20
LARGEST_LISTING: Final = 1024 * 2**20
LARGEST_PART: Final = 1024 * 2**20
"""Bytes; what is larger is neither written nor read. A result of ten million shots on 100 qubits
has 130 MB."""


def folder_of(number: int) -> str:
    """The folder of the files of a job, by its place among the jobs."""
    return f"jobs/{number:06}"


def circuit_file(digest: str) -> str:
    """The file of a circuit, which any number of jobs may have run."""
    return f"circuits/{digest}.qpy"


README_TEXT: Final = """\
This is the record of a session on a quantum computer or simulator.

To look at it with its results, without an account or a network:

    pip install qsession
    import qsession
    qsession.open_record("{file}")

session.html   a picture of the session, for any browser
record.json    the session: times, usage and bill, releases of the software, digests
jobs.jsonl     a line of JSON for each job, oldest first
device.json    the backend: qubits, gates, coupling, durations and errors
jobs/NNNNNN/   what a job ran and gave, by its place in jobs.jsonl:
  inputs.json, inputs.npz    its PUBs or programs
  options.json               the options of its primitive
  result.json, result.npz    its result
  error.json                 why it failed
circuits/      the circuits that the jobs ran, in Qiskit's QPY, by their digests

JSON trees (inputs.json, result.json): an object of JSON is a dict; a list begins with a word.
["list", ...] and ["tuple", ...] have items; ["dict", [key, value], ...] is a dict whose keys are
no texts; ["array", "a0"] is the array a0 of the npz file beside it, ["scalar", "a0"] its one
number, ["bytes", "a0"] its bytes; ["float", "nan"] a number that JSON has no form for;
["object", class, parts] an object of a class, a circuit's part being its file in circuits/.

Without qsession, the shots of the register "meas" of the first job:

    import io, json, zipfile
    import numpy as np
    with zipfile.ZipFile("{file}") as record:
        arrays = np.load(io.BytesIO(record.read("jobs/000000/result.npz")), allow_pickle=False)
        print(json.loads(record.read("jobs/000000/result.json")))
    # A row for each shot, the last bit being bit 0; bits that fill up the first byte are 0.
    print(np.unpackbits(arrays["a0"], axis=-1))

Nothing in it is a pickle, and no tokens, keys or passwords were written. sha256 digests find
accidental changes; they are no signature.
"""
