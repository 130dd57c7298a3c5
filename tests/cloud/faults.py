"""Faults on purpose: which requests they hit, and what the client gets instead.

A fault is an `Effect`, a function around the answering of a request: it may answer in its own
words, before or after the request has taken effect, spoil the answer, or keep it back.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.cloud.instances import Problem
from tests.cloud.messages import Reply
from tests.support.patience import PATIENCE_S

Answering = Callable[[], Reply]
"""Lets the request take effect and returns the true answer."""

Effect = Callable[[Answering], Reply]


def refuse(
    status: int,
    *,
    message: str = "A fault of the test.",
    retry_after: int | None = None,
    after: bool = False,
) -> Effect:
    """Answer with an error, and say in how many seconds to come again if that is given.

    ``after``: the request takes effect first; it is its true answer that is lost.
    """
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}

    def effect(answering: Answering) -> Reply:
        if after:
            answering()
        body = Problem(status, 9000, message).as_json("fault")
        return replace(Reply.of_json(body, status), headers=headers)

    return effect


def do_nothing(status: int = 204) -> Effect:
    """Answer that it is done, and do nothing."""
    return lambda answering: Reply(status)


def too_many_requests(retry_after: int | None = None) -> Effect:
    """Answer 429, with or without the header Retry-After."""
    return refuse(429, message="Too many requests.", retry_after=retry_after)


def unauthorized() -> Effect:
    """Answer 401, as to an expired token."""
    return refuse(401, message="The token is invalid or has expired.")


def reset(*, after: bool = False) -> Effect:
    """Reset the connection instead of an answer."""

    def effect(answering: Answering) -> Reply:
        if after:
            answering()
        return Reply(delivery="reset")

    return effect


def cut_short() -> Effect:
    """Announce the whole answer, send half of its body and hang up."""
    return lambda answering: replace(answering(), delivery="cut short")


def malformed() -> Effect:
    """Send half of the JSON as if it were all."""

    def effect(answering: Answering) -> Reply:
        reply = answering()
        return replace(reply, body=reply.body[: len(reply.body) // 2])

    return effect


class Gate:
    """Keeps answers back until the test lets them go: a slow or silent server without a sleep."""

    def __init__(self, *, after: bool = False, then: Effect | None = None) -> None:
        self._after = after
        self._then = then or (lambda answering: answering())
        self._reached = threading.Semaphore(0)
        self._open = threading.Event()

    def __call__(self, answering: Answering) -> Reply:
        """Wait, before the request takes effect or after it."""
        reply = self._then(answering) if self._after else None
        self._reached.release()
        self._open.wait(PATIENCE_S)
        return reply or self._then(answering)

    def wait_until_reached(self) -> None:
        """Return when one more request stands at the gate."""
        assert self._reached.acquire(timeout=PATIENCE_S), "No request came to the gate."

    def release(self) -> None:
        """Let all answers go, now and later."""
        self._open.set()


@dataclass
class Fault:
    """An effect, and the requests that it hits."""

    matches: re.Pattern[str]
    effect: Effect
    times: int | None
    """How many more requests it hits; None: all."""
    skip: int
    """How many matching requests it lets through first."""
    probability: float
    hits: int = 0


class FaultPlan:
    """The faults of a server. The first that fits a request hits it."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        matches: str,
        effect: Effect,
        *,
        times: int | None = 1,
        skip: int = 0,
        probability: float = 1.0,
    ) -> Fault:
        r"""Plan a fault for requests whose "METHOD /path" is found by a regular expression.

        The path is that of the REST API without its base: ``r"GET /jobs/\w+$"``.
        """
        fault = Fault(re.compile(matches), effect, times, skip, probability)
        with self._lock:
            self._faults.append(fault)
        return fault

    def hold(self, matches: str, *, after: bool = False, then: Effect | None = None) -> Gate:
        """Keep all such answers back until the gate is released; ``then`` may spoil them."""
        gate = Gate(after=after, then=then)
        self.add(matches, gate, times=None)
        return gate

    def clear(self) -> None:
        """Forget all faults, and let go what is held."""
        with self._lock:
            faults, self._faults = self._faults, []
        for fault in faults:
            if isinstance(fault.effect, Gate):
                fault.effect.release()

    def effect_on(self, method: str, path: str) -> Effect | None:
        """The effect that hits this request; it counts as a hit."""
        with self._lock:
            for fault in self._faults:
                if fault.matches.search(f"{method} {path}") is None or fault.times == 0:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.probability < 1.0 and self._random.random() >= fault.probability:
                    continue
                fault.hits += 1
                fault.times = None if fault.times is None else fault.times - 1
                return fault.effect
        return None
