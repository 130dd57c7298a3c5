"""A service that quotes the account's secrets in all that it says: they come out nowhere."""

from __future__ import annotations

import json
import os
import pickle
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ibm_cloud_sdk_core.token_managers import token_manager  # type: ignore[import-untyped]

import qsession
from qsession import QSessionError, Session, dashboard, get_backend, sessions
from qsession.cli import main
from qsession.compat import ibm_service
from qsession.redaction.secrets import REMOVED
from qsession.session.cleanup import _close_all
from qsession.testing import ManualClock
from tests.cloud.account import TOKEN, default_account
from tests.cloud.faults import Answering, Effect
from tests.cloud.messages import Reply
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import look
from tests.support.circuits import flipped
from tests.support.inside import snapshot_of

pytestmark = pytest.mark.usefixtures("by_hand")

Make = Callable[..., Session]

STRANGER = "p8scR3VUQruC-cZLRB2obrT2Bp3UlXrKjOOABnkPKsHM"
"""A key of somebody else's, which no account here holds."""

PASSWORD = "hunter2-of-the-proxy"


class Quoting:
    """Answers with words in which the secrets of the request stand."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def bearers(self) -> set[str]:
        headers = [entry.headers.get("authorization", "") for entry in self._server.log.matching()]
        return {header.split()[1] for header in headers if header.startswith("Bearer ")}

    def secrets(self) -> list[str]:
        return [TOKEN, STRANGER, PASSWORD, *self.bearers()]

    def words(self) -> str:
        bearer = max(self.bearers(), default="eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3MDB9.c2lnbmF0dXJl")
        return (
            f"Refused: Authorization: Bearer {bearer} of account {TOKEN} (was {STRANGER}), "
            f"by http://me:{PASSWORD}@proxy:8080"
        )

    def spoil(self, kind: Callable[[Quoting], Effect]) -> None:
        """Answer so from now on."""
        effect = kind(self)
        self._server.faults.add("/(sessions|jobs|workloads|backends)", effect, times=None)

    def error(self, status: int) -> Effect:
        """As the service writes errors: the client takes the whole body."""
        return self._effect(
            status, lambda words: {"errors": [{"code": 9000, "message": words, "solution": words}]}
        )

    def older_error(self, status: int) -> Effect:
        """As the client reads errors."""
        return self._effect(status, lambda words: {"error": {"code": 9000, "message": words}})

    def page(self, status: int) -> Effect:
        """As a gateway writes errors."""
        return lambda answering: Reply(status, f"<p>{self.words()}</p>".encode(), "text/html")

    def broken(self) -> Effect:
        """An answer that is no JSON."""
        return lambda answering: Reply(200, f'{{"id": "{self.words()}'.encode())

    def elsewhere(self) -> Effect:
        """A redirection to an address with secrets, where nobody is."""

        def effect(answering: Answering) -> Reply:
            address = f"http://me:{PASSWORD}@127.0.0.1:9/x?apikey={TOKEN}&access_token={STRANGER}"
            return Reply(307, headers={"Location": address})

        return effect

    def _effect(self, status: int, body: Callable[[str], Any]) -> Effect:
        return lambda answering: Reply.of_json(body(self.words()), status)


KINDS: dict[str, Callable[[Quoting], Effect]] = {
    **{
        f"error {status}": methodcaller("error", status)
        for status in (400, 401, 403, 404, 409, 429, 500, 503)
    },
    **{f"older error {status}": methodcaller("older_error", status) for status in (400, 401, 500)},
    **{f"page {status}": methodcaller("page", status) for status in (401, 407, 502)},
    "broken": Quoting.broken,
    "elsewhere": Quoting.elsewhere,
}


@pytest.fixture
def quoting(server: Server) -> Quoting:
    return Quoting(server)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """IBM's token manager sleeps after a failure."""
    monkeypatch.setattr(token_manager, "time", _Clock())


class _Clock:
    @staticmethod
    def sleep(_: float) -> None:
        """At once."""

    @staticmethod
    def time() -> float:
        return time.time()


def told_by(error: BaseException) -> Iterator[str]:
    """All that a program may print of an error, with the variables of its causes' frames."""
    yield "".join(traceback.format_exception(error))
    yield from (str(error), repr(error), repr(vars(error)))
    for link in (error.__cause__, error.__context__):
        if link is not None:
            printed = traceback.TracebackException.from_exception(link, capture_locals=True)
            yield "".join(printed.format())
            yield from told_by(link)
    yield repr(pickle.dumps(error))


def outlets(session: Session) -> Iterator[str]:
    """Everything by which a session tells of itself."""
    yield from (str(session), repr(session), str(session.error))
    yield from (session.to_html(), session.to_html(results=True, page=True), session.to_json())
    yield from (session.to_csv(), repr(session.to_dicts()), repr(session.trait_values()))
    yield repr(session._repr_mimebundle_())
    yield from (repr(snapshot_of(session)), repr(session.jobs))
    yield json.dumps(session.widget.get_state(), default=str)
    for path in Path(os.environ["QSESSION_HOME"]).rglob("*"):
        if path.is_file():
            yield path.read_bytes().decode("latin-1")


class Told:
    """Collects what is said, raised, warned of, printed and logged."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
        self._texts: list[str] = []
        self._caplog, self._capfd = caplog, capfd

    def add(self, *texts: str) -> None:
        self._texts += texts

    def take(self, step: Callable[[], object]) -> None:
        """Take a step, and note what comes of it."""
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                self.add(repr(step()))
            except Exception as error:  # noqa: BLE001 - whatever it is, it tells no secret
                self.add(*told_by(error))
        self.add(*(str(each.message) for each in warned))

    def whole(self) -> str:
        printed = self._capfd.readouterr()
        # Other packages log what they like.
        logged = (repr(vars(each)) for each in self._caplog.records if each.name == "qsession")
        return "\n".join([*self._texts, printed.out, printed.err, *logged])


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Told:
    caplog.set_level("DEBUG", "qsession")
    return Told(caplog, capfd)


@pytest.fixture
def _account_of_shell(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in default_account(server).items():
        monkeypatch.setenv(name, value)
    ibm_service.default_service.cache_clear()
    yield
    ibm_service.default_service.cache_clear()


@pytest.fixture
def session(make_session: Make, manual: ServiceState) -> Iterator[Session]:
    """A session with a job in its queue."""
    made = make_session()
    made.run(flipped())
    look(made)
    yield made
    made.widget.close()


@pytest.mark.usefixtures("_account_of_shell")
@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_comes_out_anywhere(
    session: Session, quoting: Quoting, told: Told, clock: ManualClock, kind: str
):
    quoting.spoil(KINDS[kind])
    job = session.job(session.jobs[0].job_id)
    told.take(lambda: look(session))
    told.add(*outlets(session))
    for step in (
        lambda: session.run(flipped()),
        job.result, job.status, job.logs, job.metrics, job.error_message, job.cancel,
        session.details,
        lambda: session.cancel(running=True),
        session.close,
        lambda: sessions(session.service),
        sessions,
        lambda: qsession.attach("elsewhere", session.service),
        lambda: Session.from_id("elsewhere", session.service),
        lambda: get_backend("ibm_elsewhere"),
        lambda: dashboard()._repr_mimebundle_(),
    ):  # fmt: skip
        clock.advance(60)
        told.take(step)
    clock.advance(60)
    told.take(lambda: look(session))
    told.add(*outlets(session))
    for words in (["list"], ["show", str(session.session_id)], ["close", "--all", "--yes"]):
        result = CliRunner().invoke(main, words)
        told.add(result.output, *(told_by(result.exception) if result.exception else ()))
    _close_all(os.getpid())
    whole = told.whole()
    for secret in quoting.secrets():
        assert secret not in whole
    assert len(quoting.bearers()) > 0
    assert REMOVED in whole


def test_what_the_service_says_of_sessions_and_jobs_is_kept_without_secrets(
    session: Session, manual: ServiceState, quoting: Quoting, told: Told
):
    failing = session.job(session.jobs[0].job_id)
    words = quoting.words()
    manual.start_next_job()
    manual.fail_job(reason=words, traceback=words)
    timeline = manual.timeline
    timeline.close(timeline.sessions[str(session.session_id)], manual.clock.now(), words)
    look(session)
    told.add(*outlets(session))
    for step in (failing.result, failing.error_message, session.details):
        told.take(step)
    told.take(lambda: session.run(flipped()))
    whole = told.whole()
    for secret in quoting.secrets():
        assert secret not in whole
    assert f"of account {REMOVED}" in str(session.jobs[0].error)
    assert f"of account {REMOVED}" in whole
    assert session.state == "closed"


def test_the_line_that_opened_a_session_is_told_without_its_key(server: Server):
    from qsession.session.cleanup import Custody, Place

    class Line(Place):
        code = f"session = Session(QiskitRuntimeService(token='{STRANGER}'))"

    custody: Any = Custody.__new__(Custody)
    custody._mode, custody._place = "session", Line("cell", 1)
    custody.journal = type("Journal", (), {"state": type("State", (), {"session_id": "x"})})
    assert STRANGER not in custody.describe()
    assert "QiskitRuntimeService(token=" in custody.describe()


@pytest.mark.usefixtures("_account_of_shell")
def test_an_account_that_cannot_be_had_tells_no_key(
    server: Server, quoting: Quoting, told: Told, monkeypatch: pytest.MonkeyPatch
):
    answer = quoting.page(400)(Reply)
    monkeypatch.setattr(server.identity, "_token", lambda request: answer)
    for step in (lambda: get_backend("ibm_manila"), ibm_service.default_service, sessions):
        told.take(step)
    whole = told.whole()
    for secret in (TOKEN, STRANGER, PASSWORD):
        assert secret not in whole
    assert REMOVED in whole


def test_errors_of_ours_are_raised_from_ones_without_secrets(
    make_session: Make, server: Server, quoting: Quoting
):
    session = make_session(create_new=True)
    server.faults.add("POST /jobs", quoting.error(403), times=None)
    with pytest.raises(QSessionError, match="answered 403") as caught:
        session.run(flipped())
    assert type(caught.value.__cause__).__name__ == "IBMRuntimeError"
    assert REMOVED in str(caught.value.__cause__)
    server.faults.clear()


def test_what_a_primitive_raises_before_it_hands_over_is_raised_without_secrets(
    make_session: Make, quoting: Quoting, told: Told, monkeypatch: pytest.MonkeyPatch
):
    def fail(**_: object) -> None:
        raise ValueError(quoting.words())

    monkeypatch.setattr(
        "qsession.engines.ibm.submission.client_side_primitives", lambda: (fail, fail)
    )
    told.take(lambda: make_session().run(flipped()))
    whole = told.whole()
    for secret in quoting.secrets():
        assert secret not in whole
    assert REMOVED in whole
