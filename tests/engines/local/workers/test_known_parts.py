"""Parts travel to processes that nobody can address: until each that asked has got them."""

from __future__ import annotations

from qsession.engines.local.workers.packing import MOST_TRIES, KnownParts

BACKEND = {"backend": b"b"}
NOISY = {"backend": b"b", "noise": b"n"}


def test_at_first_everything_is_sent():
    assert KnownParts().to_send(NOISY) == NOISY


def test_what_some_process_holds_is_not_sent():
    parts = KnownParts()
    parts.held_by("a", BACKEND)
    assert parts.to_send(NOISY) == {"noise": b"n"}


def test_after_one_has_asked_all_is_sent_until_it_holds_them():
    parts = KnownParts()
    parts.held_by("a", BACKEND)
    parts.lacked_by("b")
    assert parts.to_send(BACKEND) == BACKEND
    parts.held_by("a", BACKEND)  # the other one took that unit
    assert parts.to_send(BACKEND) == BACKEND
    parts.held_by("b", BACKEND)
    assert parts.to_send(BACKEND) == {}


def test_one_that_does_not_come_back_is_forgotten():
    parts = KnownParts()
    parts.held_by("a", BACKEND)
    parts.lacked_by("gone")
    sent = [parts.to_send(BACKEND) for _ in range(MOST_TRIES + 1)]
    assert sent == [BACKEND] * MOST_TRIES + [{}]


def test_one_that_asks_again_is_not_waited_for_longer():
    parts = KnownParts()
    parts.held_by("a", BACKEND)
    parts.lacked_by("slow")
    parts.to_send(BACKEND)
    parts.lacked_by("slow")
    sent = [parts.to_send(BACKEND) for _ in range(MOST_TRIES)]
    assert sent == [BACKEND] * (MOST_TRIES - 1) + [{}]
