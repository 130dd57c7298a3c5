"""Both ends of the dashboard's wire use the same names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from qsession import Session
from qsession.dashboards.encoding import ACTIONS, WIRE_VERSION, encode_sight
from qsession.dashboards.overview import Overview
from qsession.model.states import State

ROOT = Path(__file__).parents[2] / "js" / "src"
MIRROR = (ROOT / "dashboard" / "wire.ts").read_text(encoding="utf-8")


def fields(shape: str) -> set[str]:
    """The names of a shape of the TypeScript file."""
    found = re.search(rf"const {shape} = {{(.*?)\n}};", MIRROR, re.DOTALL)
    assert found, f"wire.ts has no {shape}"
    return set(re.findall(r"^  (\w+):", found[1], re.MULTILINE))


def test_the_page_asks_for_what_the_kernel_knows():
    found = re.search(r"export const DASHBOARD_ACTIONS = (\[[^\]]*\]) as const;", MIRROR)
    assert found
    assert tuple(json.loads(re.sub(r",\s*\]", "]", found[1]))) == tuple(ACTIONS)


def test_the_page_reads_the_version_that_the_kernel_writes():
    found = re.search(r"export const DASHBOARD_VERSION = (\d+);", MIRROR)
    assert found
    assert int(found[1]) == WIRE_VERSION


def test_the_page_reads_every_field_that_the_kernel_writes(
    make_session: Callable[[str], Session], make_overview: Callable[..., Overview]
):
    make_session("mine")
    overview = make_overview()
    sight = overview.look(ask=False)
    encoded = encode_sight(sight, overview.now, shown=(), clicks_wait=False)
    assert fields("overviewShape") == set(encoded)
    assert fields("entryShape") == set(encoded["entries"][0])


def test_the_page_has_a_sign_for_every_state():
    words = (ROOT / "view-model" / "words.ts").read_text(encoding="utf-8")
    for state in State:
        assert re.search(rf'^  "?{state.value}"?: {{', words, re.MULTILINE), state
    assert 'entry.state === "lost"' in (ROOT / "dashboard" / "view-model.ts").read_text("utf-8")
