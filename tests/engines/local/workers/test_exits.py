"""What an exit code says, by the system that gave it."""

from __future__ import annotations

import pytest

from qsession.engines.local.workers.exits import how_it_ended


@pytest.mark.parametrize(
    ("code", "platform", "words"),
    [
        (-9, "linux", "was killed, which the system does when memory runs out"),
        (-6, "darwin", "was aborted by the simulator"),
        (-11, "linux", "ended by signal 11"),
        (3, "linux", "ended with exit code 3"),
        (3, "win32", "was aborted by the simulator"),
        (0xC0000409, "win32", "was aborted by the simulator"),
        (0xC0000005, "win32", "crashed: it read or wrote memory that it does not have"),
        (1, "win32", "was killed, or failed (exit code 1)"),
        (7, "win32", "ended with exit code 7"),
        (0xC0000142, "win32", "ended with exit code 0xC0000142"),
    ],
)
def test_codes_in_words(code: int, platform: str, words: str):
    assert how_it_ended(code, platform) == words
