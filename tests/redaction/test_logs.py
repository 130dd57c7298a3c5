"""What qsession logs tells no secret, whatever the handler."""

from __future__ import annotations

import logging

import pytest

import qsession
from qsession.redaction.secrets import REMOVED

KEY = "p8scR3VUQruC-cZLRB2obrT2Bp3UlXrKjOOABnkPKsHM"
log = logging.getLogger(qsession.__name__)


def test_messages_and_tracebacks_are_without_secrets(caplog: pytest.LogCaptureFixture):
    try:
        int(f"Bearer {KEY}")
    except ValueError:
        log.exception("The key %s failed.", KEY)
    assert KEY not in caplog.text
    assert f"The key {REMOVED} failed." in caplog.text
    assert f"Bearer {REMOVED}" in caplog.text
    assert caplog.records[0].exc_info is None


def test_other_records_are_left_alone(caplog: pytest.LogCaptureFixture):
    try:
        int("words")
    except ValueError:
        log.warning("%s failed.", "It", exc_info=True)
    (record,) = caplog.records
    assert (record.args, record.exc_info is None) == (("It",), False)
