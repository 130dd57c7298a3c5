"""``%%qsession``: the session of a cell, its options, and what the cell shows."""

from __future__ import annotations

import re

import pytest
from IPython.core.error import UsageError
from qiskit_ibm_runtime.utils.default_session import get_cm_session

from qsession import Batch, Session
from qsession.engines.local.engine import LocalEngine
from qsession.render.results import ResultSummary
from tests.magics.notebook import Notebook

BELL = "bell()"


# --- which session -------------------------------------------------------------------------------


def test_a_cell_runs_in_a_session_that_it_shows(notebook: Notebook):
    output = notebook.run(f"%%qsession\n{BELL}")
    assert notebook.session.backend() == "aer_simulator"
    shown, result = output.displayed
    assert shown["text/plain"].startswith("<Session on aer_simulator: Not started")
    assert shown["text/html"].startswith("<div>")
    assert result["text/plain"].startswith("register meas, 1024 shots")
    assert [record.status for record in notebook.session.jobs] == ["DONE"]


@pytest.mark.parametrize(
    "line", ["", "fake_manila", "--name mine", "--mode batch", "fake_manila --name mine"]
)
def test_running_a_cell_twenty_times_leaves_one_live_session(notebook: Notebook, line: str):
    for _ in range(20):
        notebook.run(f"%%qsession {line} --no-widget\nflipped();")
    assert len(notebook.session.jobs) == 20


def test_running_cells_again_that_make_the_backend_leaves_one_live_session(notebook: Notebook):
    for _ in range(5):
        notebook.run("from qiskit_aer import AerSimulator\nbackend = AerSimulator()")
        notebook.run("%%qsession backend\nflipped();")
    assert notebook.session._backend == notebook.names["backend"]
    assert len(notebook.session.jobs) == 1


def test_a_variable_with_a_name_in_it_stands_for_the_name(notebook: Notebook):
    notebook.run("where = 'fake_manila'")
    for _ in range(3):
        notebook.run("%%qsession where\nflipped();")
    assert notebook.session.backend() == "fake_manila"
    assert len(notebook.session.jobs) == 3


def test_another_backend_or_mode_is_another_session(notebook: Notebook):
    for line in ("", "fake_manila", "--mode batch", "fake_manila --mode batch"):
        notebook.run(f"%%qsession {line}\npass")
    assert len(notebook.sessions) == 4
    assert {(each.backend(), type(each)) for each in notebook.sessions} == {
        (name, cls) for name in ("aer_simulator", "fake_manila") for cls in (Batch, Session)
    }


def test_a_backend_may_be_a_variable(notebook: Notebook):
    notebook.run("from qiskit_ibm_runtime.fake_provider import FakeManilaV2\nb = FakeManilaV2()")
    for _ in range(2):
        notebook.run("%%qsession b\npass")
    assert notebook.session._backend is notebook.names["b"]


def test_a_variable_goes_before_a_backend_of_the_same_name(notebook: Notebook):
    notebook.run("from qiskit_aer import AerSimulator\nfake_manila = AerSimulator()")
    notebook.run("%%qsession fake_manila\npass")
    assert notebook.session.backend() == "aer_simulator"
    notebook.run("del fake_manila")
    notebook.run("%%qsession fake_manila\npass")
    assert {each.backend() for each in notebook.sessions} == {"aer_simulator", "fake_manila"}


def test_a_named_session_is_shared_between_cells(notebook: Notebook):
    notebook.run("%%qsession fake_manila --name mine\nflipped();")
    notebook.run("%%qsession --name 'mine'\nflipped();")
    assert (notebook.session.name, len(notebook.session.jobs)) == ("mine", 2)


def test_a_session_named_in_code_is_shared_too(notebook: Notebook):
    notebook.run("import qsession\nmine = qsession.Session('fake_manila', name='mine')")
    notebook.run("%%qsession --name mine\nflipped();")
    assert notebook.session is notebook.names["mine"]
    assert len(notebook.session.jobs) == 1


def test_a_named_session_does_not_move_to_another_backend(notebook: Notebook):
    notebook.run("%%qsession fake_manila --name mine\npass")
    output = notebook.try_to_run("%%qsession aer_simulator --name mine\nflipped()")
    assert isinstance(output.error, UsageError)
    assert "the live session 'mine' runs on fake_manila" in output.printed
    assert notebook.session.jobs == []


def test_a_named_session_does_not_become_a_batch(notebook: Notebook):
    notebook.run("%%qsession --name mine\npass")
    output = notebook.try_to_run("%%qsession --name mine --mode batch\nflipped()")
    assert isinstance(output.error, UsageError)
    assert "the live session 'mine' is no batch" in output.printed
    assert notebook.session.jobs == []


def test_new_closes_the_live_session_and_opens_another(notebook: Notebook):
    notebook.run("%%qsession\nflipped()")
    earlier = notebook.session
    notebook.run("%%qsession --new\nflipped();")
    assert notebook.session is not earlier
    assert earlier.state == "closed"
    assert "replaced by a new session of its cell" in repr(earlier)


def test_an_ended_session_is_not_used_again(notebook: Notebook):
    notebook.run("%%qsession\nflipped();")
    earlier = notebook.session
    earlier.cancel()
    notebook.run("%%qsession\nflipped();")
    assert notebook.session is not earlier
    assert len(notebook.session.jobs) == 1


def test_close_closes_after_the_cell(notebook: Notebook):
    notebook.run("%%qsession --close -o job\nflipped()")
    assert notebook.sessions == []
    assert notebook.names["job"].status() == "DONE"
    notebook.try_to_run("%%qsession --close --name failing\n1/0")
    assert notebook.sessions == []


def test_max_time_may_have_spaces(notebook: Notebook):
    notebook.run('%%qsession --max-time "2h 30m"\npass')
    assert notebook.session.max_time == 9000


def test_the_bounds_of_max_time_are_those_of_the_backend_each_time(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(LocalEngine, "longest_max_time_s", 2**31 - 1)  # as on IBM Quantum
    for _ in range(2):
        notebook.run("%%qsession --max-time 10h\npass")
    assert notebook.session.max_time == 36_000


def test_another_max_time_keeps_the_live_session_and_says_so(notebook: Notebook):
    notebook.run("%%qsession --max-time 30m\npass")
    assert notebook.run("%%qsession --max-time 1800\npass").printed == ""
    assert notebook.run("%%qsession\npass").printed == ""
    said = notebook.run("%%qsession --max-time 40m\npass").printed
    assert said.startswith("The live session goes on with its max_time of 30m; --new opens")
    assert notebook.session.max_time == 1800


# --- the last expression -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "primitive"),
    [
        ("bell()", "sampler"),
        ("[bell(), flipped()]", "sampler"),
        ("(bell(), flipped())", "sampler"),
        ("(rotation(measured=True), [0.1])", "sampler"),
        ("(rotation(), 'Z', [0.1])", "estimator"),
        ("[(rotation(), 'Z', [0.1]), (rotation(), 'X', [0.2])]", "estimator"),
        ("bell() if True else None", "sampler"),
    ],
)
def test_a_last_expression_that_is_work_is_submitted_and_its_result_shown(
    notebook: Notebook, expression: str, primitive: str
):
    output = notebook.run(f"%%qsession -o job\nx = 1\n{expression}")
    assert [record.primitive for record in notebook.session.jobs] == [primitive]
    summary = ResultSummary.of(notebook.names["job"].result())
    assert output.texts[-1] == repr(summary)
    assert output.displayed[-1]["text/html"] == summary._repr_html_()


@pytest.mark.parametrize("expression", ["1 + 1", "[]", "[1, 2]", "'bell'", "(1, bell())"])
def test_any_other_last_expression_is_shown_as_in_any_cell(notebook: Notebook, expression: str):
    output = notebook.run(f"%%qsession --no-widget\n{expression}")
    assert output.displayed or output.printed
    assert notebook.session.jobs == []


@pytest.mark.parametrize("cell", ["x = bell()", "None", "bell().name and None", "pass", "# no"])
def test_a_cell_without_a_value_shows_nothing(notebook: Notebook, cell: str):
    output = notebook.run(f"%%qsession --no-widget\n{cell}")
    assert (output.displayed, output.printed) == ([], "")
    assert notebook.session.jobs == []


@pytest.mark.parametrize("ending", [";", " ; ", ";  # comment", ";\n# comment\n"])
def test_a_semicolon_hides_the_result_but_submits(notebook: Notebook, ending: str):
    output = notebook.run(f"%%qsession --no-widget -o job\nflipped(){ending}")
    assert (output.displayed, output.printed) == ([], "")
    assert len(notebook.session.jobs) == 1
    assert notebook.names["job"].result()[0].data.meas.get_counts() == {"1": 1024}


@pytest.mark.parametrize("ending", ["  # a comment;", "\n# a comment;", "\n"])
def test_a_semicolon_in_a_comment_hides_nothing(notebook: Notebook, ending: str):
    output = notebook.run(f"%%qsession --no-widget\nflipped(){ending}")
    assert output.texts[0].startswith("register meas")


def test_the_output_variable_is_the_value_if_it_is_no_work(notebook: Notebook):
    notebook.run("%%qsession -o value\n40 + 2")
    assert notebook.names["value"] == 42
    notebook.run("%%qsession --output value\nx = 1")
    assert notebook.names["value"] is None


def test_the_level_is_that_of_the_last_expression(notebook: Notebook):
    notebook.run("circuit = rotation(measured=False).assign_parameters([1]); circuit.h(0)")
    notebook.run("circuit.h(0); circuit.measure_all()")
    sizes = []
    for level in (0, 3):
        notebook.run(f"%%qsession fake_manila --optimization-level {level}\ncircuit;")
        (pub,) = notebook.session.job(notebook.session.jobs[-1].job_id).inputs["pubs"]
        sizes.append(pub.circuit.size())
    assert sizes[0] > sizes[1]


def test_shots_are_those_of_the_last_expression(notebook: Notebook):
    notebook.run("%%qsession --shots 20\nflipped();")
    assert notebook.session.jobs[0].shots == 20


def test_without_the_widget_only_the_result_is_shown(notebook: Notebook):
    output = notebook.run("%%qsession --no-widget\nflipped()")
    assert len(output.displayed) == 1


# --- the cell ------------------------------------------------------------------------------------


def test_the_session_is_the_default_mode_of_the_cell_alone(notebook: Notebook):
    notebook.run("from qiskit_ibm_runtime.utils.default_session import get_cm_session as current")
    notebook.run("%%qsession -o seen\ncurrent()")
    assert notebook.names["seen"] is notebook.session
    assert get_cm_session() is None


def test_ibms_primitives_in_a_cell_run_in_its_session(notebook: Notebook):
    notebook.run("from qiskit_ibm_runtime.executor_sampler import Sampler")
    notebook.run("%%qsession\nSampler().run([bell()]).result();")
    assert [record.primitive for record in notebook.session.jobs] == ["sampler"]


def test_the_cell_shares_the_notebooks_variables_and_syntax(notebook: Notebook):
    notebook.run("a = 1")
    notebook.run("%%qsession\nb = a + 1\nhere = %pwd\ndef twice(x): return 2 * x")
    notebook.run("c = twice(b)")
    assert (notebook.names["c"], bool(notebook.names["here"])) == (4, True)


def test_a_failing_cell_leaves_the_session_and_restores_the_default(notebook: Notebook):
    notebook.run("%%qsession\nflipped();")
    output = notebook.try_to_run("%%qsession\nx = 7\n1/0\nx = 8")
    assert isinstance(output.error, ZeroDivisionError)
    assert notebook.names["x"] == 7
    assert notebook.session.active
    assert get_cm_session() is None
    notebook.run("%%qsession\nflipped();")
    assert len(notebook.session.jobs) == 2


def test_a_traceback_shows_the_line_of_the_cell(notebook: Notebook):
    output = notebook.try_to_run("%%qsession\na = 1\nb = a / 0  # this line\n")
    assert re.search(r"-> 2 b = a / 0  # this line", output.printed)
    output = notebook.try_to_run("%%qsession\na = 1\n(a, 1 / 0)  # that line\n")
    assert re.search(r"-> 2 \(a, 1 / 0\)  # that line", output.printed)


def test_a_syntax_error_is_one(notebook: Notebook):
    output = notebook.try_to_run("%%qsession\nx = = 1")
    assert isinstance(output.error, SyntaxError)
    assert get_cm_session() is None


def test_work_that_cannot_be_run_says_why(notebook: Notebook):
    output = notebook.try_to_run("%%qsession\nrotation(measured=False).assign_parameters([0])")
    assert type(output.error).__name__ == "InvalidInputError"
    assert "measures nothing" in output.printed


# --- misuse --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--max-time 1", "under the minimum"),
        ("--max-time soon", "max_time='soon' is not a duration"),
        ("nowhere", "No local backend is called 'nowhere'"),
        ("fake_manilla", "Did you mean 'fake_manila'"),
        ("--shots many", "shots='many' is not a whole number"),
        ("--shots -5", "shots=-5 is out of bounds"),
        ("--shots 0", "shots=0 is out of bounds"),
        ("--optimization-level 4", "invalid choice: 4"),
        ("--mode quick", "invalid choice"),
        ("--no-such-option", "unrecognized arguments"),
        ("fake_manila fake_lima", "unrecognized arguments"),
        ("--name 'mine", "No closing quotation"),
        ("--name ''", "name="),
        ("not_a_backend", "is not a backend"),
    ],
)
def test_bad_options_are_usage_errors_and_run_nothing(notebook: Notebook, line: str, words: str):
    notebook.run("not_a_backend = 3.5")
    output = notebook.try_to_run(f"%%qsession {line}\nran = True")
    assert isinstance(output.error, UsageError)
    assert words in output.printed
    assert "Traceback" not in output.printed
    assert "ran" not in notebook.names
    assert notebook.sessions == []


def test_a_bad_max_time_is_a_usage_error_for_a_live_session_too(notebook: Notebook):
    notebook.run("%%qsession\npass")
    output = notebook.try_to_run("%%qsession --max-time 1\nran = True")
    assert isinstance(output.error, UsageError)
    assert notebook.session.active


def test_its_help_names_every_option(notebook: Notebook):
    help_text = notebook.shell.find_cell_magic("qsession").__doc__
    for option in ("backend", "--max-time", "--name", "--mode", "--shots", "--optimization-level",
                   "-o", "--new", "--close", "--no-widget"):  # fmt: skip
        assert option in help_text
