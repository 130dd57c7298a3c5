"""What every event has in common."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import get_args

import pytest

from qsession.model import events
from tests.unit.story import at, opened


@pytest.mark.parametrize("kind", get_args(events.Event))
def test_every_event_begins_with_its_time(kind):
    assert fields(kind)[0].name == "at"


def test_an_event_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        opened(0).at = at(1)  # type: ignore[misc]  # what is tested


def test_every_event_of_the_module_is_an_event():
    kinds = {
        item
        for item in vars(events).values()
        if isinstance(item, type) and item.__module__ == events.__name__
    }
    assert kinds == set(get_args(events.Event))
