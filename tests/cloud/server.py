"""The server: HTTP/1.1 on the loopback interface, in this process or in one of its own.

``python -m tests.cloud.server`` prints its address and serves until its input is closed; `process`
starts it so, and steps it by the routes of `control`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import struct
import sys
import threading
from dataclasses import replace
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from qsession.clock import Clock, SystemClock
from qsession.testing import ManualClock
from tests.cloud.account import TOKEN
from tests.cloud.control import Control
from tests.cloud.faults import FaultPlan
from tests.cloud.identity import Identity
from tests.cloud.messages import BASE_PATH, Reply, Request
from tests.cloud.request_log import RequestLog
from tests.cloud.rest import RestApi
from tests.cloud.service_state import ServiceState
from tests.cloud.timeline import Pace


class Server:
    """A pretended IBM Quantum that runs from `start` to `stop`."""

    def __init__(
        self, clock: Clock | None = None, pace: Pace | None = None, fault_seed: int = 0
    ) -> None:
        self.state = ServiceState(clock, pace)
        self.identity = Identity(TOKEN, self.state.instances)
        self.faults = FaultPlan(fault_seed)
        self.log = RequestLog()
        self._api = RestApi(self.state, self.identity)
        self._control = Control(self.state, self.identity, self.faults, self.log)
        self._http = _HttpServer(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="cloud")

    @property
    def origin(self) -> str:
        """The address of the services around the REST API."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def url(self) -> str:
        """The address of the REST API."""
        return self.origin + BASE_PATH

    def start(self) -> None:
        """Serve, on a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let go what is held, hang up, and wait until all threads are done."""
        self.faults.clear()
        self._http.shutdown()
        self._http.hang_up()
        self._http.server_close()
        self._thread.join()

    def answer(self, request: Request) -> Reply:
        """Answer a request, or do what the plan of faults says."""
        if request.path.startswith("/control/"):
            return self._control.answer(request)
        entry = self.log.note(request, self.state.clock.now())
        effect = self.faults.effect_on(request.method, request.path)
        if effect is None:
            reply = self._api.answer(request)
        else:
            reply = effect(lambda: self._api.answer(request))
        reply = replace(reply, headers={"Date": self._date(), **reply.headers})
        self.log.note_reply(entry, reply)
        return reply

    def _date(self) -> str:
        """The time by the service's clock, as HTTP has it: in whole seconds."""
        return format_datetime(self.state.clock.now() + self.state.skew, usegmt=True)


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = False  # so that closing it waits for them
    request_queue_size = 64

    def __init__(self, owner: Server) -> None:
        self.owner = owner
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep alive."""
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client may hang up
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        request = Request(self.command, self.path, headers, body)
        reply = cast("_HttpServer", self.server).owner.answer(request)
        if reply.delivery == "reset":
            self._reset()
            return
        whole = reply.as_bytes(_phrase(reply.status))
        if reply.delivery == "cut short":
            whole = whole[: len(whole) - len(reply.body) // 2 - 1]
            self.close_connection = True
        self.wfile.write(whole)  # one write: two would cost the client 40 ms of delayed ACK

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 -- names of the base class

    def _reset(self) -> None:
        """Close the connection so that the client sees a reset, not an end."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        os.close(self.connection.detach())

    def log_message(self, *_: Any) -> None:
        """`RequestLog` does that."""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"  # 520 to 524 are Cloudflare's


def main() -> None:
    """Serve until the input is closed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=("auto", "manual"), default="auto")
    parser.add_argument("--job-seconds", type=float, default=0.0)
    parser.add_argument("--results", choices=("simulated", "zeros"), default="simulated")
    parser.add_argument("--clock", choices=("system", "manual"), default="system")
    options = parser.parse_args()
    clock: Clock = SystemClock() if options.clock == "system" else ManualClock()
    server = Server(
        clock, Pace(options.mode, options.job_seconds, simulates=options.results == "simulated")
    )
    server.start()
    sys.stdout.write(f"{server.origin}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
