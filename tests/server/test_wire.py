"""Both ends of the wire between Jupyter's server and its page use the same names."""

from __future__ import annotations

import re
from pathlib import Path

from qsession.server import PAGE_OPTION
from qsession.server.encoding import GONE
from qsession.server.overview import WIRE_VERSION
from tests.server.conftest import Looking

ROOT = Path(__file__).parents[2] / "js" / "src"


def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def fields(shape: str, text: str) -> set[str]:
    """The names of a shape of a TypeScript file."""
    found = re.search(rf"const {shape} = {{(.*?)\n}};", text, re.DOTALL)
    assert found, shape
    return set(re.findall(r"^  (\w+):", found[1], re.MULTILINE))


def test_the_page_reads_every_field_that_the_server_writes(look: Looking, forgotten: str):
    dashboard = source("dashboard/wire.ts")
    entry = fields("entryShape", dashboard) | fields("servedEntryShape", source("lab/wire.ts"))
    sight = look.overview.look([], with_listing=False)
    assert set(sight) == fields("overviewShape", dashboard)
    assert set(sight["entries"][0]) == entry
    assert f"DASHBOARD_VERSION = {WIRE_VERSION};" in dashboard


def test_the_page_knows_the_servers_words():
    assert f'"{PAGE_OPTION}"' in source("lab/server.ts")
    assert f'kernel_state === "{GONE}"' in source("lab/view-model.ts")
