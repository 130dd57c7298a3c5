"""What a terminal shows of sessions and jobs, as wide as it is."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from qsession.cli.output import fitted, jobs_table, print_table, sessions_table
from qsession.session_info import SessionInfo

SESSION = SessionInfo(
    session_id="e9f8a2d7-05ae-4b59-9a1c-0d5a1d6f2c11",
    name="forgotten",
    backend="ibm_manila",
    mode="session",
    state="active",
    opened=None,
    ended=None,
    remaining=1799,
    jobs=12345,
    source="service",
)


def shown(width: int) -> str:
    written = StringIO()
    console = Console(file=written, width=width, force_terminal=True, color_system=None)
    console.print(fitted(sessions_table([SESSION]), console))
    return written.getvalue()


@pytest.mark.parametrize("width", [70, 80, 100, 200])
def test_a_session_has_one_line_in_which_its_id_name_and_state_are_whole(width: int):
    heads, line, *rest = shown(width).splitlines()
    assert rest == []
    assert all(word in line for word in (str(SESSION.session_id), "forgotten", "active"))
    assert "backend" in heads


def test_there_is_room_for_all_on_a_wide_terminal_and_where_from_is_left_out_first():
    assert "from" in shown(200)
    assert "29m 59s" in shown(100)
    assert "mode" not in shown(80)


def test_a_table_of_no_jobs_fits_everywhere():
    console = Console(file=StringIO(), width=20, force_terminal=True)
    assert fitted(jobs_table([]), console).columns


def test_a_pipe_gets_one_line_a_session_with_all_columns(capsys: pytest.CaptureFixture[str]):
    print_table(sessions_table([SESSION]))
    heads, line = capsys.readouterr().out.splitlines()
    assert heads.split() == [
        *("session", "name", "backend", "mode", "state", "opened", "left", "jobs", "from")
    ]
    assert line.split() == [
        str(SESSION.session_id),
        "forgotten",
        "ibm_manila",
        "session",
        "active",
        "29m",
        "59s",
        "12345",
        "service",
    ]
