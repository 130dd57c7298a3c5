"""Takes secrets out of what is logged: `redact_record`."""

from __future__ import annotations

import logging
from typing import Final

_FORMATTER: Final = logging.Formatter()


def redact_record(record: logging.LogRecord) -> bool:
    """Let a record pass, without secrets in its message and its traceback: a filter of logging."""
    from qsession.redaction.secrets import redacted  # noqa: PLC0415 - loading the package needs none of it

    try:
        message = record.getMessage()
        traceback = _FORMATTER.formatException(record.exc_info) if record.exc_info else ""
    except Exception:  # noqa: BLE001 - the handler says what is wrong with it
        return True
    if (text := redacted(message)) != message:
        record.msg, record.args = text, ()
    if (text := redacted(traceback)) != traceback:
        # A handler that writes the error by itself would tell it.
        record.exc_info, record.exc_text = None, text
    return True
