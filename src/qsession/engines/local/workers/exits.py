"""The end of a process in words: `how_it_ended`."""

from __future__ import annotations

from typing import Final

_SIGNALS: Final = {
    9: "was killed, which the system does when memory runs out",
    6: "was aborted by the simulator",
}

_WINDOWS_CODES: Final = {
    1: "was killed, or failed (exit code 1)",
    3: "was aborted by the simulator",
    0xC0000005: "crashed: it read or wrote memory that it does not have",
    0xC0000017: "ended because memory ran out",
    0xC000012D: "ended because memory ran out",
    0xC00000FD: "crashed: its stack overflowed",
    0xC0000409: "was aborted by the simulator",
}
"""Of ``abort`` and ``TerminateProcess``, and of the system's exceptions (``NTSTATUS``)."""

_LARGEST_PLAIN_CODE: Final = 0xFF


def how_it_ended(code: int, platform: str) -> str:
    """Return an exit code in words, such as "was killed, …", to follow the process' name."""
    if platform == "win32":
        shown = str(code) if code <= _LARGEST_PLAIN_CODE else f"0x{code:08X}"
        return _WINDOWS_CODES.get(code, f"ended with exit code {shown}")
    if code < 0:
        return _SIGNALS.get(-code, f"ended by signal {-code}")
    return f"ended with exit code {code}"
