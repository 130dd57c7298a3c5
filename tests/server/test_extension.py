"""The extension in a real Jupyter server: who gets an answer, and which."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from tests.browser.own_server import REPOSITORY
from tests.cloud.account import TOKEN, default_account, environment
from tests.cloud.process import ServerProcess
from tests.recovery.kernels import Kernels
from tests.server.own_jupyter import Answer, BareServer
from tests.support.waiting import until_dropped

SESSIONS = "/qsession/api/sessions"
ASK = "/qsession/api/ask"
REFUSED = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
KEPT = {"sessions", "entries", "problem"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[ServerProcess]:
    """The service; jobs wait for steps that nobody takes."""
    with ServerProcess("--mode", "manual") as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the ledger of the server's user is."""
    return tmp_path_factory.mktemp("ledger")


@pytest.fixture(scope="module")
def account(cloud: ServerProcess, home: Path) -> Mapping[str, str]:
    """The environment of this user's processes."""
    return {**environment(cloud), **default_account(cloud), "QSESSION_HOME": str(home)}


@pytest.fixture(scope="module")
def jupyter(
    tmp_path_factory: pytest.TempPathFactory, account: Mapping[str, str]
) -> Iterator[BareServer]:
    """A server that finds the account and the ledger."""
    folder = tmp_path_factory.mktemp("jupyter")
    with BareServer(folder, REPOSITORY / "test-results/jupyter-server.log", account) as server:
        yield server


@pytest.fixture(scope="module")
def with_token(jupyter: BareServer) -> Mapping[str, str]:
    return {"Authorization": f"token {jupyter.token}"}


@pytest.fixture
def with_cookies(jupyter: BareServer) -> Mapping[str, str]:
    """What a browser sends along, whichever page it is that asks."""
    cookies = SimpleCookie()
    for page in (f"/api/status?token={jupyter.token}", "/login"):
        for cookie in jupyter.ask("GET", page).headers.get_all("Set-Cookie", []):
            cookies.load(cookie)
    return {"Cookie": "; ".join(f"{name}={each.value}" for name, each in cookies.items())}


@pytest.fixture(scope="module")
def forgotten(jupyter: BareServer, account: Mapping[str, str]) -> str:
    """The id of a paid session whose process was killed by signal 9 in the middle of its jobs."""
    with Kernels(account) as kernels:
        killed = kernels.kill_after(
            2, 0.0, backend="ibm_manila", jobs=5, shots=10, name="forgotten"
        )
    (session_id,) = killed.session_ids
    return session_id


def assert_tells_nothing(answer: Answer) -> None:
    assert answer.status in REFUSED
    assert not re.search("|".join(KEPT), answer.text)


# ---- Strangers


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", SESSIONS), ("POST", ASK), ("POST", f"{SESSIONS}/any/close")],
    ids=str,
)
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "token wrong"}, {"Cookie": "username-127-0-0-1=wrong"}]
)
def test_without_the_token_nobody_is_answered(
    jupyter: BareServer, method: str, path: str, headers: Mapping[str, str]
):
    answer = jupyter.ask(method, path, headers)
    assert answer.status == HTTPStatus.FORBIDDEN
    assert_tells_nothing(answer)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", SESSIONS), ("POST", ASK), ("POST", f"{SESSIONS}/any/close")],
    ids=str,
)
def test_a_page_of_another_origin_is_not_answered(
    jupyter: BareServer, with_cookies: Mapping[str, str], method: str, path: str
):
    stranger = {**with_cookies, "Origin": "https://elsewhere.test"}
    assert_tells_nothing(jupyter.ask(method, path, stranger))
    xsrf = re.findall(r"_xsrf=([^;]+)", with_cookies["Cookie"])
    assert_tells_nothing(jupyter.ask(method, path, {**stranger, "X-XSRFToken": xsrf[0]}))


def test_a_name_that_was_rebound_to_this_computer_is_not_answered(
    jupyter: BareServer, with_token: Mapping[str, str]
):
    assert_tells_nothing(jupyter.ask("GET", SESSIONS, {**with_token, "Host": "elsewhere.test"}))


@pytest.mark.parametrize("path", [ASK, f"{SESSIONS}/any/close"])
def test_what_a_browser_sends_by_itself_does_not_suffice_to_do_anything(
    jupyter: BareServer, with_cookies: Mapping[str, str], path: str
):
    assert_tells_nothing(jupyter.ask("POST", path, with_cookies))


def test_a_page_of_the_server_is_answered(jupyter: BareServer, with_cookies: Mapping[str, str]):
    xsrf = re.findall(r"_xsrf=([^;]+)", with_cookies["Cookie"])[0]
    own = {**with_cookies, "X-XSRFToken": xsrf, "Origin": f"http://{jupyter.host}"}
    assert jupyter.ask("GET", SESSIONS, own).status == HTTPStatus.OK
    assert jupyter.ask("POST", ASK, own).status == HTTPStatus.OK


# ---- Answers


def test_the_paid_session_of_a_killed_process_is_seen_and_closed(
    jupyter: BareServer, cloud: ServerProcess, with_token: Mapping[str, str], forgotten: str
):
    answer = jupyter.ask("GET", SESSIONS, with_token)
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = [each for each in answer.content["entries"] if each["session_id"] == forgotten]
    assert (entry["name"], entry["kernel_state"], entry["is_open"]) == ("forgotten", "gone", True)

    closed = jupyter.ask("POST", f"{SESSIONS}/{forgotten}/close", with_token)
    assert (closed.status, closed.content) == (
        HTTPStatus.OK,
        {"message": "Session forgotten takes no more jobs."},
    )
    assert [each["status"] for each in cloud.step("read_log", pattern="PATCH")] == [204]
    left = jupyter.ask("GET", SESSIONS, with_token).content["entries"]
    assert [each["is_open"] for each in left if each["session_id"] == forgotten] == [False]


def test_an_error_is_told_in_words_without_secrets(
    jupyter: BareServer, cloud: ServerProcess, with_token: Mapping[str, str], forgotten: str
):
    said = {"status": 400, "message": f"Bearer {TOKEN} has no rights."}
    cloud.step("add_fault", matches="DELETE", effect="refuse", effect_options=said, times=None)
    answer = jupyter.ask("POST", f"{SESSIONS}/{forgotten}/cancel", with_token)
    cloud.step("clear_faults")
    assert answer.status == HTTPStatus.BAD_GATEWAY
    assert answer.content["type"] == "ServiceError"
    assert answer.content["message"].startswith("Could not cancel the session: ")
    assert TOKEN not in answer.text
    assert TOKEN not in jupyter.log.read_text()


@pytest.mark.parametrize("session_id", ["nobody", "%00", "a" * 300])
def test_what_is_not_listed_cannot_be_ended(
    jupyter: BareServer, with_token: Mapping[str, str], session_id: str
):
    answer = jupyter.ask("POST", f"{SESSIONS}/{session_id}/close", with_token)
    assert answer.status == HTTPStatus.BAD_REQUEST
    assert answer.content["type"] == "InvalidInputError"


@pytest.mark.parametrize("path", ["/nobody", "/any/open", "/any/close/more", "/../ask"])
def test_there_are_no_other_paths(jupyter: BareServer, with_token: Mapping[str, str], path: str):
    answer = jupyter.ask("POST", SESSIONS + path, with_token)
    assert answer.status == HTTPStatus.NOT_FOUND


def test_who_only_looks_does_not_keep_the_server_from_being_culled(
    jupyter: BareServer, with_token: Mapping[str, str]
):
    def last_activity() -> str:
        return str(jupyter.ask("GET", "/api/status", with_token).content["last_activity"])

    before = last_activity()
    jupyter.ask("GET", SESSIONS, with_token)
    assert last_activity() == before


# ---- Without something


@pytest.mark.linux
def test_without_an_account_the_server_never_loads_qiskit(tmp_path: Path):
    own = {"QSESSION_HOME": str(tmp_path / "ledger")}
    with BareServer(tmp_path, tmp_path / "log", own) as server:
        token = {"Authorization": f"token {server.token}"}
        for path in (f"{SESSIONS}?listing=1", SESSIONS):
            assert server.ask("GET", path, token).content["entries"] == []
        assert server.ask("POST", ASK, token).content["problem"] is None
        assert "qiskit" not in Path(f"/proc/{server.process_id}/maps").read_text()


@pytest.mark.posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can")
def test_the_ledger_of_another_user_is_not_read(
    tmp_path: Path, account: Mapping[str, str], cloud: ServerProcess
):
    theirs = {**account, "QSESSION_HOME": str(tmp_path / "ledger"), "QISKIT_IBM_TOKEN": ""}
    script = "from qsession import Session; from tests.support.circuits import flipped\n"
    script += "Session('aer_simulator', name='theirs').run(flipped()).result()"
    subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", script], cwd=REPOSITORY, check=True, env={**os.environ, **theirs}
    )
    (ledger,) = (tmp_path / "ledger").glob("*.sqlite3")
    with BareServer(tmp_path, tmp_path / "log", theirs) as server:
        token = {"Authorization": f"token {server.token}"}
        os.chown(ledger, 12345, 12345)
        assert server.ask("GET", SESSIONS, token).content["entries"] == []
        os.chown(ledger, 0, 0)
        until_dropped(lambda: server.ask("GET", SESSIONS, token).content["entries"])


def test_without_jupyters_server_the_package_loads(tmp_path: Path):
    (tmp_path / "jupyter_server.py").write_text("raise ImportError('not installed')")
    code = "import qsession.server, qsession.server.overview, qsession.server.kernels"
    subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(tmp_path)}
    )
