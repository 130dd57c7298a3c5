"""The files of one job in a record, and what they say: `files_of`, `read_inputs`, `read_result`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from qsession.errors import in_words
from qsession.ledger import pending_work, result_codec
from qsession.ledger.exact_codec import Form, Format, NotExactError
from qsession.ledger.pending_work import circuit_as_qpy, circuit_from_qpy
from qsession.model.states import JobStatus
from qsession.records.arrays import NpzReader, NpzWriter
from qsession.records.schema import ERROR, INPUTS, LARGEST_PART, OPTIONS, RESULT
from qsession.redaction.secrets import redacted, redacted_tree
from qsession.render.job_details import circuits_of, error_details

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from qsession.model.job import JobRecord

_log = logging.getLogger("qsession")

_RESULTS: Final = Format(b"", result_codec.FORMS)
OPTIONS_OF_INPUTS: Final = "options"
"""Under this name a service's job has them; a record has them in a file of their own."""

_CIRCUIT: Final = "qiskit.circuit.quantumcircuit.QuantumCircuit"


@dataclass
class JobFiles:
    """The files of a job, besides its line.

    Attributes:
        files: Contents by their names in the job's folder.
        circuits: Contents of the circuits' files by their digests.
        problems: What is not in the record, and why.
        is_fetched: Whether all was there that could be asked for; if not, another time it may be.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    circuits: dict[str, bytes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    is_fetched: bool = True

    def note_problem(self, what: str, error: BaseException) -> None:
        """Say that something is not in the record."""
        self.problems.append(f"{what}: {in_words(error)}"[:1000])


def files_of(job: Any, record: JobRecord) -> JobFiles:
    """Ask a job for what it ran and gave. Of a service's job that takes the network."""
    found = JobFiles()
    try:
        inputs = job.inputs
    except Exception as error:  # noqa: BLE001 - whatever the service or the client raises
        found.note_problem("what it ran could not be fetched", error)
        found.is_fetched = False
    else:
        _add_inputs(found, _without_options(inputs))
        _add_options(found, job, inputs)
    if record.status is JobStatus.DONE:
        _add_result(found, job)
    elif record.status is JobStatus.ERROR:
        _add_error(found, job)
    return found


def _without_options(inputs: Any) -> Any:
    """The inputs without the primitive's options: those of IBM's client are models of its own."""
    if not isinstance(inputs, Mapping):
        return inputs
    return {name: value for name, value in inputs.items() if name != OPTIONS_OF_INPUTS}


def _add_inputs(found: JobFiles, inputs: Any) -> None:
    circuits: dict[str, bytes] = {}

    def kept(circuit: QuantumCircuit) -> str:
        content = _without_secrets(circuit)
        digest = sha256(content).hexdigest()[:32]
        circuits[digest] = content
        return digest

    form = Form(kept, lambda _, digest: digest)
    try:
        _add_tree(found, INPUTS, Format(b"", {**pending_work.FORMS, _CIRCUIT: form}), inputs)
    except Exception as error:  # noqa: BLE001 - whatever the user's objects do when written
        # The circuits alone say most of what was run.
        circuits.clear()
        try:
            only = {"circuits": [kept(circuit) for circuit in circuits_of(inputs)]}
        except Exception as error_of_circuits:  # noqa: BLE001 - as above
            found.note_problem("what it ran cannot be written", error_of_circuits)
            return
        tree = {"circuits": ["list", *(["object", _CIRCUIT, each] for each in only["circuits"])]}
        found.files[f"{INPUTS}.json"] = json_without_secrets(tree)
        found.note_problem("of what it ran, only the circuits can be written", error)
    found.circuits |= circuits


def _add_result(found: JobFiles, job: Any) -> None:
    try:
        result = job.result()
    except Exception as error:  # noqa: BLE001 - whatever the service or the client raises
        found.note_problem("its result could not be fetched", error)
        found.is_fetched = False
        return
    try:
        _add_tree(found, RESULT, _RESULTS, result)
    except Exception as error:  # noqa: BLE001 - whatever the user's backend gave as a result
        found.note_problem("its result cannot be written", error)


def _add_tree(found: JobFiles, name: str, form: Format, value: Any) -> None:
    arrays = NpzWriter()
    tree = json_without_secrets(form.take_apart(value, arrays))
    content = arrays.content()
    if len(tree) + len(content or b"") > LARGEST_PART:
        raise NotExactError(f"it is larger than {LARGEST_PART} bytes")
    found.files[f"{name}.json"] = tree
    if content is not None:
        found.files[f"{name}.npz"] = content


def _add_options(found: JobFiles, job: Any, inputs: Any) -> None:
    options = getattr(getattr(job, "work", None), "options", None)
    if options is None and isinstance(inputs, Mapping):
        options = inputs.get(OPTIONS_OF_INPUTS)
    try:
        # Those of IBM's client are models.
        dump = getattr(options, "model_dump", None)
        as_dict = options if dump is None else dump()
        if as_dict:
            tree = json.loads(json.dumps(as_dict, default=str))
            found.files[OPTIONS] = json_without_secrets(tree, indent=1)
    except Exception as error:  # noqa: BLE001 - options may hold anything
        found.note_problem("its options cannot be written", error)


def _add_error(found: JobFiles, job: Any) -> None:
    try:
        job.result()
    except Exception as error:  # noqa: BLE001 - what the job failed with
        found.files[ERROR] = json_without_secrets(error_details(error), indent=1)


def _without_secrets(circuit: QuantumCircuit) -> bytes:
    """A circuit as QPY; what it says besides its instructions is left out if it tells secrets."""
    content = circuit_as_qpy(circuit)
    if not _tells_secrets(content):
        return content
    plain = circuit.copy(name=redacted(circuit.name))
    plain.metadata = {}
    content = circuit_as_qpy(plain)
    if _tells_secrets(content):
        raise NotExactError("a circuit has what looks like a secret in a name")
    return content


def _tells_secrets(content: bytes) -> bool:
    text = content.decode("latin-1")
    return redacted(text) != text


def json_without_secrets(tree: Any, *, indent: int | None = None) -> bytes:
    """A tree as JSON, without secrets."""
    text = json.dumps(tree, allow_nan=False, indent=indent)
    clean = redacted(text)
    if clean != text:
        try:
            json.loads(clean)
        except ValueError:
            # A secret reached across a quotation mark: each text by itself, then.
            clean = json.dumps(redacted_tree(tree), allow_nan=False, indent=indent)
    return clean.encode()


# --- reading --------------------------------------------------------------------------------------

Read = Callable[[str], bytes | None]
"""Gives the content of one of a job's files by its name; None if there is none."""


def read_result(read: Read) -> Any:
    """The result of a job; None if the record has none.

    Raises:
        Exception: If its files are something else.
    """
    return _read_tree(read, RESULT, _RESULTS)


def read_inputs(read: Read, read_circuit: Callable[[str], bytes]) -> Any:
    """The inputs of a job, as ``job.inputs`` has them; None if the record has none.

    Raises:
        Exception: If its files are something else.
    """
    known: dict[str, Any] = {}

    def circuit(_: type, digest: str) -> Any:
        if digest not in known:
            known[digest] = circuit_from_qpy(read_circuit(digest))
        return known[digest]

    form = Form(lambda _: None, circuit)
    return _read_tree(read, INPUTS, Format(b"", {**pending_work.FORMS, _CIRCUIT: form}))


def _read_tree(read: Read, name: str, form: Format) -> Any:
    tree = read(f"{name}.json")
    if tree is None:
        return None
    return form.put_together(json.loads(tree), NpzReader(read(f"{name}.npz")))
