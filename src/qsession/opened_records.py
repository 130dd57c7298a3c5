"""Records of sessions, opened: `open_record`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from qsession.errors import InvalidInputError, QSessionError, RecordError, in_words, shown
from qsession.model.ids import read_id
from qsession.session import held, registry

if TYPE_CHECKING:
    from qsession.session import Session


def open_record(path: str | os.PathLike[str]) -> Session:
    """The session of a record that ``session.export`` wrote, to look at.

    It is shown as it was, with its jobs, circuits and results, which are read when they are asked
    for. No account and no network is used, and nothing in the file is run. It is a `Batch` if the
    record is of one. It takes no jobs, is not in `sessions` and not in the ledger.

    Args:
        path: The file.

    Raises:
        RecordError: If it is no whole record, was changed, or is of a later release.
        InvalidInputError: If that is no path.
        OSError: If it cannot be opened, such as one that is not there.
    """
    try:
        where = Path(path).expanduser()
    except TypeError:
        raise InvalidInputError(
            f'path={shown(path)} is no path of a file, such as "study.zip".'
        ) from None
    from qsession.records.archive import RecordFile  # noqa: PLC0415 - loads Qiskit
    from qsession.records.engine import RecordBackend  # noqa: PLC0415 - as above
    from qsession.session import Batch, Session  # noqa: PLC0415 - as above

    file = RecordFile(where)
    try:
        told = file.head["session"]
        session_id = read_id("session_id", told["session_id"])
        cls = {"session": Session, "batch": Batch}[told["mode"]]
        session: Session = cls.unshared(
            RecordBackend(file), told["max_time_s"], name=told["name"], close_at_exit=False
        )
        core = registry.core_of(session)
        held.forget(core)
        core.engine.attach(session_id)
    except RecordError:
        raise
    except (QSessionError, LookupError, TypeError, ValueError, AttributeError) as error:
        what = f"what it tells of the session cannot be used ({in_words(error)})"
        raise file.damaged(what) from error
    return session
