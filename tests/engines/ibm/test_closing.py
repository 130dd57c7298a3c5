"""A session that is to end does: an answer is believed when looks show that it is true."""

from __future__ import annotations

import gc
import itertools
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random
from time import monotonic
from typing import Any

import pytest

from qsession import QSessionError, ServiceError, Session, SessionEndedError
from qsession.session.registry import core_of
from qsession.testing import ManualClock
from tests.cloud import faults
from tests.cloud.messages import Reply
from tests.cloud.records import CloudSession
from tests.cloud.server import Server
from tests.cloud.service_state import ServiceState
from tests.engines.ibm.looking import WATCHING, look, look_for, statuses
from tests.support.circuits import flipped
from tests.support.patience import PATIENCE_S
from tests.support.waiting import NewThreads

Make = Callable[..., Session]

BY_HAND = pytest.mark.usefixtures("by_hand")
ENDED = {"close": "closed", "cancel": "cancelled"}
ENDS = pytest.mark.parametrize("end", ["close", "cancel"])


@pytest.fixture
def session(make_session: Make, manual: ServiceState) -> Session:
    """A session that has been looked at, with a job in its queue."""
    made = make_session()
    made.run(flipped())
    look(made)
    return made


def at_service(server: Server, session: Session) -> CloudSession:
    return server.state.timeline.sessions[str(session.session_id)]


def sent(server: Server) -> int:
    """How often the service was told to end a session."""
    return server.log.count("(PATCH|DELETE) /sessions")


# --- an answer that is not true ------------------------------------------------------------------


@BY_HAND
@ENDS
def test_an_answer_that_did_nothing_is_not_believed(
    server: Server, session: Session, clock: ManualClock, end: str
):
    server.faults.add("PATCH|DELETE", faults.do_nothing(), times=3)
    getattr(session, end)()
    look_for(session, clock, 30)
    assert sent(server) == 4
    assert not at_service(server, session).accepting_jobs
    assert at_service(server, session).cancelled is (end == "cancel")
    assert session.error is None


@BY_HAND
@ENDS
def test_the_view_says_that_it_is_not_ended(
    server: Server, session: Session, clock: ManualClock, end: str
):
    server.faults.add("PATCH|DELETE", faults.do_nothing(), times=None)
    getattr(session, end)()
    look_for(session, clock, 10)
    assert session.state == "closing"
    assert session.stale_since is None
    assert session.error == (
        f"The service was told 4 times to {end} the session, answered that it would, and says that "
        "it still takes jobs. It goes on, and costs; this is tried again."
    )
    assert "it still takes jobs" in session.to_html()
    server.faults.clear()
    look_for(session, clock, 20)
    assert session.error is None


@BY_HAND
def test_it_is_told_again_soon_and_then_ever_more_rarely(
    server: Server, session: Session, clock: ManualClock
):
    server.faults.add("PATCH", faults.do_nothing(), times=None)
    begun = clock.now()
    session.close()
    look_for(session, clock, 3600)
    times = [(entry.time - begun).total_seconds() for entry in server.log.matching("PATCH")]
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert 15 <= min(pauses[4:]) <= max(pauses) <= 30
    assert server.log.count(WATCHING) <= 500


@BY_HAND
def test_a_cancel_that_leaves_jobs_in_the_queue_is_sent_again(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState
):
    def close_only(answering: faults.Answering) -> Any:
        manual.timeline.stop_accepting(at_service(server, session), clock.now())
        return faults.do_nothing()(answering)

    server.faults.add("DELETE", close_only, times=2)
    session.cancel()
    look_for(session, clock, 2)
    assert str(session.error).endswith(
        "and says that jobs of it are still queued. It goes on, and costs; this is tried again."
    )
    look_for(session, clock, 30)
    assert (session.state, statuses(session), session.error) == ("cancelled", ["CANCELLED"], None)
    assert sent(server) == 3


@BY_HAND
@ENDS
def test_one_request_is_enough_where_it_is_heeded(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState, end: str
):
    manual.start_next_job()
    look(session)
    getattr(session, end)()
    look_for(session, clock, 300)
    assert (session.state, sent(server)) == ("closing", 1)


@BY_HAND
def test_a_session_that_says_nothing_of_it_is_not_told_again(
    server: Server, session: Session, clock: ManualClock
):
    session.close()
    server.faults.add("GET /sessions", lambda answering: Reply(200, b"{}"), times=None)
    look_for(session, clock, 60)
    assert sent(server) == 1


@BY_HAND
def test_a_look_that_began_before_the_request_says_nothing_of_it(
    server: Server, session: Session, clock: ManualClock
):
    clock.advance(60)
    gate = server.faults.hold("GET /sessions", after=True)
    looking = threading.Thread(target=look, args=(session,))
    looking.start()
    gate.wait_until_reached()
    session.close()
    server.faults.clear()
    looking.join()
    look_for(session, clock, 20)
    assert (sent(server), session.error) == (1, None)


@BY_HAND
def test_a_close_during_a_look_is_looked_at_right_after_it(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState
):
    session.run(flipped())
    for _ in range(2):
        manual.start_next_job()
        manual.finish_job()
    gate = server.faults.hold("metrics", after=True)  # and the other job's are due half a second on
    looking = threading.Thread(target=look, args=(session,))
    looking.start()
    gate.wait_until_reached()
    session.close()
    server.faults.clear()
    looking.join()
    assert session.state == "closing"
    look(session)
    assert session.state == "closed"


@BY_HAND
def test_a_cancel_that_did_nothing_is_not_why_it_ended(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState
):
    server.faults.add("DELETE", faults.do_nothing(), times=None)
    session.cancel()
    look(session)
    manual.timeline.close(at_service(server, session), clock.now(), "Maintenance.")
    look_for(session, clock, 5)
    assert session.state == "closed"


# --- calling again -------------------------------------------------------------------------------


@BY_HAND
@ENDS
def test_whoever_calls_again_has_it_sent_again(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState, end: str
):
    manual.start_next_job()
    look(session)
    for calls in (1, 2, 3):
        getattr(session, end)()
        assert sent(server) == calls
        look_for(session, clock, 30)
        assert sent(server) == calls


@BY_HAND
def test_a_block_that_ends_adds_nothing_to_a_cancel_that_is_heeded(
    server: Server, session: Session, manual: ServiceState
):
    manual.start_next_job()
    look(session)
    with session:
        session.cancel()
        look(session)
        look(session)
    assert server.log.lines("PATCH|DELETE") == [f"DELETE /sessions/{session.session_id}/close"]


# --- whatever becomes of the object --------------------------------------------------------------


@pytest.mark.parametrize(
    "effect", [faults.do_nothing(), faults.refuse(502), faults.reset()], ids=["not", "502", "reset"]
)
@ENDS
def test_it_ends_although_nobody_holds_it_any_more(
    server: Server, backend: Any, new_threads: NewThreads, end: str, effect: Any
):
    clock: Any = server.state.clock
    server.faults.add("PATCH|DELETE", effect, times=3)
    session = Session(backend, clock=clock, create_new=True)
    cloud, gone = at_service(server, session), weakref.ref(session)
    with suppress(ServiceError):
        getattr(session, end)()
    del session
    gc.collect()
    assert gone() is None
    assert new_threads.left_as_time_passes(clock, 1) == []
    assert (cloud.state, cloud.state_reason) == ("closed", "Session closed by the user.")


@BY_HAND
@pytest.mark.parametrize("doing", ["run", "details", "close", "cancel"])
@pytest.mark.parametrize("effect", [faults.refuse(502), faults.reset()], ids=["502", "reset"])
def test_a_refusal_leaves_no_session_to_the_garbage_collector(
    server: Server, backend: Any, doing: str, effect: Any
):
    """Its thread goes on, and asks the service, until it is collected."""
    clock: Any = server.state.clock
    session = Session(backend, clock=clock, create_new=True)
    server.faults.add(r"POST /jobs|GET /sessions/\w|PATCH|DELETE", effect, times=None)
    core = weakref.ref(core_of(session))
    gc.collect()
    gc.disable()
    try:
        with pytest.raises(ServiceError):
            getattr(session, doing)(*[flipped()] if doing == "run" else [])
        del session
        assert core() is None
    finally:
        gc.enable()


# --- while it is being opened --------------------------------------------------------------------


@BY_HAND
@ENDS
def test_a_session_that_is_ended_while_it_is_opened_ends_however_often_that_fails(
    make_session: Make, server: Server, clock: ManualClock, end: str
):
    gate = server.faults.hold("POST /sessions", after=True)
    session = make_session()
    raised: list[QSessionError] = []

    def submit() -> None:
        try:
            session.run(flipped())
        except QSessionError as error:
            raised.append(error)

    opening = threading.Thread(target=submit)
    opening.start()
    gate.wait_until_reached()
    getattr(session, end)()
    assert (session.state, session.active) == ("closing", False)
    server.faults.add("PATCH|DELETE", faults.refuse(502), times=2)
    gate.release()
    opening.join()
    assert [type(error) for error in raised] == [SessionEndedError]
    assert f"Could not {end} the session" in str(session.error)
    look_for(session, clock, 30)
    assert (session.state, session.error) == (ENDED[end], None)
    assert at_service(server, session).state == "closed"
    assert server.state.timeline.jobs == {}


@BY_HAND
@ENDS
def test_a_session_that_could_not_be_opened_and_was_to_end_has_ended(
    make_session: Make, server: Server, end: str
):
    gate = server.faults.hold("POST /sessions", then=faults.refuse(400))
    session = make_session()

    def submit() -> None:
        with pytest.raises(QSessionError):
            session.run(flipped())

    opening = threading.Thread(target=submit)
    opening.start()
    gate.wait_until_reached()
    getattr(session, end)()
    gate.release()
    opening.join()
    assert session.state == ENDED[end]
    assert session.session_id is None


# --- jobs that run -------------------------------------------------------------------------------


@BY_HAND
def test_running_jobs_are_cancelled_until_they_are(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState
):
    manual.start_next_job()
    look(session)
    server.faults.add(r"POST /jobs/\w+/cancel", faults.do_nothing())
    server.faults.add(r"POST /jobs/\w+/cancel", faults.refuse(502), times=2)
    session.cancel(running=True)
    look_for(session, clock, 30)
    assert (session.state, statuses(session)) == ("cancelled", ["CANCELLED"])
    assert server.log.count(r"POST /jobs/\w+/cancel") == 4


@BY_HAND
def test_a_job_that_starts_at_the_last_moment_is_cancelled_too(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState
):
    manual.start_next_job()  # and nobody has looked
    session.cancel(running=True)
    look_for(session, clock, 10)
    assert (session.state, statuses(session)) == ("cancelled", ["CANCELLED"])


@BY_HAND
def test_running_jobs_finish_unless_told(
    server: Server, session: Session, clock: ManualClock, manual: ServiceState
):
    manual.start_next_job()
    session.cancel()
    look_for(session, clock, 60)
    assert (session.state, statuses(session)) == ("closing", ["RUNNING"])


# --- at random -----------------------------------------------------------------------------------

EFFECTS = [
    faults.refuse(500),
    faults.refuse(503, retry_after=2),
    faults.refuse(502, after=True),
    faults.too_many_requests(),
    faults.too_many_requests(3),
    faults.unauthorized(),
    faults.reset(),
    faults.reset(after=True),
    faults.cut_short(),
    faults.malformed(),
]


class Program:
    """Opens, uses, ends and drops sessions at random."""

    def __init__(self, backend: Any, clock: ManualClock, chance: Random) -> None:
        self._make = partial(Session, backend, clock=clock)
        self._clock = clock
        self._chance = chance
        self.to_end: list[Any] = []
        """The journals of the sessions that were to end."""

    def run(self) -> None:
        session = self._make()
        for _ in range(8):
            action = self._chance.choice(["open", "run", "close", "cancel", "stop", "drop", "wait"])
            if action == "drop":
                session = self._make()
            else:
                self._act(session, action)
        self._act(session, "close")

    def _act(self, session: Session, action: str) -> None:
        if action in ("close", "cancel", "stop"):
            self.to_end.append(core_of(session).journal)
        actions: dict[str, Callable[[], Any]] = {
            "open": core_of(session).engine.open,
            "run": partial(session.run, flipped()),
            "close": session.close,
            "cancel": session.cancel,
            "stop": partial(session.cancel, running=True),
            "wait": partial(self._clock.advance, self._chance.choice([0.5, 5])),
        }
        with suppress(ServiceError, SessionEndedError):
            actions[action]()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_was_to_end_has_ended_soon_after_the_faults_have(
    server: Server, backend: Any, manual: ServiceState, new_threads: NewThreads, seed: int
):
    """One request in five fails, and one ending in three does nothing."""
    clock: Any = manual.clock
    manual.pace.simulates = False
    chance = Random(seed)

    def spoil(answering: faults.Answering) -> Reply:
        return chance.choice(EFFECTS)(answering)

    server.faults.add("(PATCH|DELETE) /sessions", faults.do_nothing(), times=None, probability=0.3)
    server.faults.add(".", spoil, times=None, probability=0.2)
    programs = [Program(backend, clock, Random(f"{seed} {number}")) for number in range(3)]
    threads = [threading.Thread(target=program.run) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.faults.clear()
    manual.pace.mode = "auto"

    def still_take_jobs() -> list[str]:
        ids = [journal.state.session_id for program in programs for journal in program.to_end]
        opened = manual.timeline.sessions
        return [each for each in ids if each is not None and opened[each].accepting_jobs]

    deadline = monotonic() + PATIENCE_S
    while (still_take_jobs() or new_threads()) and monotonic() < deadline:
        clock.advance(1)
        gc.collect()  # the frames of an error may hold a session that was dropped
        for thread in new_threads():
            thread.join(0.02)
    assert still_take_jobs() == []
    assert new_threads() == []
