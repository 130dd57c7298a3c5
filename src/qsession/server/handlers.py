"""The answers of Jupyter's server below ``qsession/api``: `handlers_of`.

Every request is authenticated, authorized and checked for cross-site requests by Jupyter's own
handler. Nothing here blocks the server's thread, which serves every kernel and page.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from qsession.errors import InvalidInputError, QSessionError, in_words
from qsession.forks import ForkSafeLock
from qsession.redaction.secrets import redacted
from qsession.server.kernels import served_kernels

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from qsession.server.overview import ServerOverview

T = TypeVar("T")

LONGEST_WORK_S: Final = 60.0
"""A request is answered by then: IBM's client may wait for a silent service without end."""

Rule = tuple[str, type[APIHandler], dict[str, Any]]


def handlers_of(server: ServerApp) -> list[Rule]:
    """The paths that a server answers from now on."""
    overview = _LazyOverview(server)
    base = url_path_join(server.web_app.settings["base_url"], "qsession", "api")
    known = {"overview": overview}
    return [
        (url_path_join(base, "sessions"), SessionsHandler, known),
        (url_path_join(base, "ask"), AskHandler, known),
        (url_path_join(base, r"sessions/([^/]+)/(close|cancel)"), EndingHandler, known),
    ]


class _LazyOverview:
    """The server's overview, made on the first request: modules load on a thread of its own."""

    def __init__(self, server: ServerApp) -> None:
        self.server = server
        self._overview: ServerOverview | None = None
        self._making = ForkSafeLock()

    @property
    def made(self) -> ServerOverview:
        """The overview."""
        with self._making:
            if self._overview is None:
                from qsession.clock import SystemClock  # noqa: PLC0415 - loads NumPy
                from qsession.server.overview import ServerOverview  # noqa: PLC0415 - as above

                self._overview = ServerOverview(self.server.root_dir, SystemClock())
            return self._overview


class _Handler(APIHandler):
    """Answers in JSON; an error is told in words, without secrets."""

    auth_resource = "qsession"

    def initialize(self, overview: _LazyOverview) -> None:
        self._overview = overview

    async def answer(self, work: Callable[[ServerOverview], Mapping[str, Any]]) -> None:
        """Have work be done on a thread, and answer with what it gives."""
        self.set_header("Cache-Control", "no-store")
        try:
            content = await on_thread(lambda: work(self._overview.made))
        except TimeoutError:
            waited = f"The service was not heard of for {LONGEST_WORK_S:.0f} s. Look again."
            self._refuse(HTTPStatus.GATEWAY_TIMEOUT, "TimeoutError", waited)
        except QSessionError as error:
            is_bad = isinstance(error, InvalidInputError)
            status = HTTPStatus.BAD_REQUEST if is_bad else HTTPStatus.BAD_GATEWAY
            self._refuse(status, type(error).__name__, redacted(str(error)))
        except Exception as error:  # noqa: BLE001 - Jupyter would log it with what it quotes
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, type(error).__name__, in_words(error))
        else:
            self.finish(json.dumps(content))

    def _refuse(self, status: HTTPStatus, kind: str, message: str) -> None:
        self.set_status(status)
        self.finish(json.dumps({"type": kind, "message": message}))


class SessionsHandler(_Handler):
    """``GET sessions``: what is known of each; ``?listing=1`` for whoever sees the list."""

    _track_activity = False
    """A page that looks keeps no server from being culled for idleness."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with the sessions as they stand."""
        kernels = await served_kernels(self._overview.server)
        with_listing = self.get_query_argument("listing", "0") == "1"
        await self.answer(lambda overview: overview.look(kernels, with_listing=with_listing))


class AskHandler(_Handler):
    """``POST ask``: the same, once the account has been asked."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Answer with the sessions as the account knows them now."""
        kernels = await served_kernels(self._overview.server)
        await self.answer(lambda overview: overview.ask(kernels))


class EndingHandler(_Handler):
    """``POST sessions/ID/close`` and ``…/cancel``: ends a paid session."""

    @web.authenticated
    @authorized
    async def post(self, session_id: str, verb: Literal["close", "cancel"]) -> None:
        """Answer with what was done, in words."""
        await self.answer(lambda overview: {"message": overview.end(session_id, verb)})


async def on_thread(work: Callable[[], T]) -> T:
    """Work on a daemon thread, so that the server can end whatever the work waits for.

    Raises:
        TimeoutError: If it takes longer than `LONGEST_WORK_S`; it goes on then.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(set_outcome: Callable[[Any], None], value: object) -> None:
        if not outcome.done():
            set_outcome(value)

    def run() -> None:
        try:
            done = work()
        except BaseException as error:  # noqa: BLE001 - raised where it is awaited
            told: tuple[Callable[[Any], None], object] = (outcome.set_exception, error)
        else:
            told = (outcome.set_result, done)
        try:
            loop.call_soon_threadsafe(settle, *told)
        except RuntimeError:  # the server has ended meanwhile
            return

    threading.Thread(target=run, name="qsession-server", daemon=True).start()
    return await asyncio.wait_for(outcome, LONGEST_WORK_S)
