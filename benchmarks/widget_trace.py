"""What a page's main thread computes, task by task and frame by frame, from a trace of Chromium's.

Computing is told in the time that the thread itself had a processor: unlike times between frames
it hardly depends on what else the machine does.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

CATEGORIES = ("-*", "devtools.timeline", "disabled-by-default-devtools.timeline")
FRAME = "FireAnimationFrame"
TASK = "RunTask"


@dataclass(frozen=True, slots=True)
class Computing:
    """What a main thread computed; times in milliseconds."""

    tasks_ms: Sequence[float]
    frames_ms: Sequence[float]
    """For each frame, all tasks from its beginning to that of the next."""


def read_trace(trace: bytes) -> Computing:
    """Read the thread that draws most frames: that of the page that was looked at."""
    events = json.loads(trace)["traceEvents"]
    drawing = Counter(_thread(event) for event in events if event["name"] == FRAME)
    (main, _), *_ = drawing.most_common(1)
    frames = sorted(
        each["ts"] for each in events if each["name"] == FRAME and _thread(each) == main
    )
    tasks = [each for each in events if each["name"] == TASK and _thread(each) == main]
    computed = [0.0] * len(frames)
    for task in tasks:
        # Animation callbacks are called within a task: it is of the frame that it begins.
        index = bisect_right(frames, task["ts"] + task.get("dur", 0)) - 1
        if index >= 0:
            computed[index] += _computing_ms(task)
    return Computing([_computing_ms(task) for task in tasks], computed)


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


def _computing_ms(event: dict[str, Any]) -> float:
    # Where the system does not tell it, the time that passed.
    return float(event.get("tdur", event.get("dur", 0))) / 1000
