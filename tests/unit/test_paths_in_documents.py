"""Documents name files and folders that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
ROOTS = ("", "src", "src/qsession", "js/src", "src/qsession/engines", "src/qsession/engines/local")
"""The places from which documents name what they tell of."""

ELSEWHERE = ("docs/_build/", "test-results/", "etc/jupyter/")
"""The places of what commands make, and of what is installed."""

_PATH = re.compile(r"`([a-z][A-Za-z0-9_.-]*/[A-Za-z0-9_./-]*)`")


def documents() -> list[Path]:
    folders = (REPOSITORY, *(REPOSITORY / "docs" / each for each in ("explanation", "how-to")))
    return [path for folder in folders for path in sorted(folder.glob("*.md"))]


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_every_path_in_a_document_leads_somewhere(document: Path) -> None:
    named = {path.rstrip("/") for path in _PATH.findall(document.read_text("utf-8"))}
    gone = [
        path
        for path in named
        if not path.startswith(ELSEWHERE)
        and not any((REPOSITORY / root / path).exists() for root in ROOTS)
    ]
    assert gone == []
