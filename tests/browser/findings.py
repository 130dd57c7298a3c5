"""What the browser tests found out about front ends: kept in a file, and told in the documentation.

``make front-ends`` runs those tests, keeps what they found in ``findings.json``, and writes the
tables of `docs/reference/front-ends.md` from it. A later run of the tests fails where it finds
something else.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from tests.browser.own_server import REPOSITORY

KEPT = Path(__file__).with_name("findings.json")
FRESH = REPOSITORY / "test-results" / "findings.json"
PAGE = REPOSITORY / "docs" / "reference" / "front-ends.md"
BEGIN = "<!-- Written by `make front-ends` from what the browser tests found. -->\n"
END = "<!-- The end of what `make front-ends` wrote. -->\n"

JUPYTERLAB: Final = "JupyterLab"
NOTEBOOK: Final = "Notebook"
VOILA: Final = "Voila"
MARIMO: Final = "marimo"
IN_VSCODE: Final = "VS Code"
"""What becomes of a view in VS Code: its questions are things that happen to it."""
FRONT_ENDS = (JUPYTERLAB, NOTEBOOK, VOILA, MARIMO)

VERSION: Final = "version"
WORKS: Final = "Run and Cancel"
CLICK: Final = "a click while a cell runs"
THEME: Final = "light and dark"
RELOAD: Final = "page reloaded"
QUESTIONS = (WORKS, CLICK, THEME, RELOAD)

IPYKERNEL: Final = "ipykernel "
"""Stands before a release's number."""
OVER_TIME: Final = "a view over time"
"""What becomes of a view in JupyterLab: its questions are things that happen to it."""
EXPORTS: Final = "run by a program"
"""What a page shows that was made of a notebook run by a program: its questions are programs."""

Findings = dict[str, dict[str, str]]
"""For each front end, or release of ipykernel, the answers to questions."""


def read(path: Path = KEPT) -> Findings:
    """Return what a file holds; nothing if there is none."""
    if not path.exists():
        return {}
    findings: Findings = json.loads(path.read_text("utf-8"))
    return findings


def write(path: Path, findings: Findings) -> None:
    """Keep findings in a file."""
    path.write_text(json.dumps(findings, indent=2) + "\n", "utf-8")


def check(subject: str, question: str, answer: str) -> None:
    """Compare an answer with the one that is kept; releases are told, and may change.

    Raises:
        AssertionError: The kept one is another.
    """
    kept = read().get(subject, {}).get(question)
    assert question == VERSION or kept == answer, (
        f"{subject}, {question}: found {answer!r}, but {KEPT.name} and {PAGE.name} say {kept!r}. "
        "If what was found is right, run 'make front-ends'."
    )


def tables(findings: Findings) -> str:
    """Tell findings as the tables of the PAGE."""
    fronts = [[_named(name, findings), *_answers(findings[name])] for name in FRONT_ENDS]
    kernels = [
        [f"{_named(name, findings)}", told[CLICK]]
        for name, told in findings.items()
        if name.startswith(IPYKERNEL)
    ]
    events = [[event, answer] for event, answer in findings[OVER_TIME].items()]
    in_vscode = [[event, answer] for event, answer in findings[IN_VSCODE].items()]
    programs = [[program, answer] for program, answer in findings[EXPORTS].items()]
    return "\n".join(
        [
            _table(["", *QUESTIONS], fronts),
            _table(["in JupyterLab with", CLICK], kernels),
            _table(["in JupyterLab, when", "the view"], events),
            _table(["around VS Code's widget manager, when", "the view"], in_vscode),
            _table(["a notebook that a program has run, as HTML", "shows"], programs),
        ]
    )


def replaced(page: str, findings: Findings) -> str:
    """Return the PAGE with the tables of these findings in their place."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables(findings)}\n{END}{after}"


def _named(subject: str, findings: Findings) -> str:
    version = findings[subject][VERSION]
    return f"ipykernel {version}" if subject.startswith(IPYKERNEL) else f"{subject} {version}"


def _answers(told: dict[str, str]) -> list[str]:
    return [told[question] for question in QUESTIONS]


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main() -> int:
    """Keep what the last run of the tests found, and tell it in the PAGE."""
    fresh = read(FRESH)
    missing = [name for name in (*FRONT_ENDS, OVER_TIME, IN_VSCODE, EXPORTS) if name not in fresh]
    if missing:
        print(f"{FRESH} says nothing about {', '.join(missing)}: run the tests first.")
        return 1
    write(KEPT, fresh)
    PAGE.write_text(replaced(PAGE.read_text("utf-8"), read()), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
