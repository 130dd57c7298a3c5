"""Both ends of the wire use the same names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qsession.model.states import JobStatus, State
from qsession.render.mimebundle import SESSION_VIEW
from qsession.widget import wire
from qsession.widget.requests import ACTIONS

SCRIPTS = Path(__file__).parents[2] / "js" / "src"
MIRROR = (SCRIPTS / "wire" / "wire.ts").read_text(encoding="utf-8")
EXTENSION = (SCRIPTS / "lab" / "output.ts").read_text(encoding="utf-8")


def words(name: str) -> tuple[str, ...]:
    """The texts of a constant list of the TypeScript file."""
    found = re.search(rf"export const {name} = (\[[^\]]*\]) as const;", MIRROR)
    assert found, f"wire.ts has no list {name}"
    return tuple(json.loads(re.sub(r",\s*\]", "]", found[1])))


@pytest.mark.parametrize("name", ["HEAD_FIELDS", "ROW_FIELDS", "KINDS"])
def test_the_page_uses_the_kernels_names(name: str):
    assert words(name) == getattr(wire, name)


def test_the_page_asks_for_what_the_kernel_knows():
    assert words("ACTIONS") == tuple(ACTIONS)


def test_the_page_reads_the_version_that_the_kernel_writes():
    found = re.search(r"export const WIRE_VERSION = (\d+);", MIRROR)
    assert found
    assert int(found[1]) == wire.WIRE_VERSION


def test_the_jupyterlab_extension_looks_after_the_outputs_that_ask_for_it():
    found = re.search(r'export const SESSION_VIEW = "([^"]+)";', EXTENSION)
    assert found
    assert found[1] == SESSION_VIEW


def test_the_page_keeps_as_many_rows_as_the_kernel_sends_at_once():
    found = re.search(r"export const NEWEST_ROWS = (\d+);", MIRROR)
    assert found
    assert int(found[1]) == wire.NEWEST_ROWS


def test_the_page_knows_every_state_of_a_session_and_of_a_job():
    assert words("STATES") == tuple(State)
    assert set(words("STATUSES")) == set(JobStatus)
