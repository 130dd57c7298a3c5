"""What a page may send, right, wrong and absurd: strategies of messages for fuzzing a widget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=8),  # halves of characters, too
    st.sampled_from(["", "mine", "\ud800", "x" * 300, "x" * 10_000_000]),
)

NUMBERS = st.one_of(st.integers(-3, 3), st.integers(), st.floats(), st.just(2**200), st.booleans())

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), TEXTS, NUMBERS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)


def requests(
    actions: Sequence[str], likely: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    """Requests: most of an action that there is, with arguments that are likely, or anything.

    Args:
        actions: What the widget carries out.
        likely: Arguments that make sense, by name.
    """
    names = st.sampled_from([*likely, "unknown"])
    sensible = st.fixed_dictionaries(dict(likely))
    strange = st.one_of(st.just({}), st.dictionaries(names, ANYTHING, max_size=2))
    known = st.sampled_from(actions)
    good_id = st.text(min_size=1, max_size=64)
    frame = st.fixed_dictionaries(
        {
            "kind": st.just("request"),
            "id": st.one_of(good_id, good_id, good_id, ANYTHING),
            "action": st.one_of(known, known, known, ANYTHING),
        }
    )
    left_out = st.sets(st.sampled_from([*likely, "id", "action"]), max_size=2)
    return st.builds(
        lambda one, other, framed, lacking: {
            name: value
            for name, value in {**one, **other, **framed}.items()
            if name not in lacking or name == "kind"
        },
        sensible,
        strange,
        frame,
        left_out,
    )


def messages(
    asked: st.SearchStrategy[dict[str, Any]], traits: Sequence[str]
) -> st.SearchStrategy[object]:
    """Messages of a page as they come over the comm: requests, states, and what is neither.

    Args:
        asked: Requests.
        traits: The widget's synced traits.
    """
    any_state = st.dictionaries(st.one_of(st.sampled_from(traits), TEXTS), ANYTHING, max_size=4)
    believable = st.builds(lambda name: {name: "compact"}, st.sampled_from(traits))
    states = st.one_of(any_state, believable)
    return st.one_of(
        asked.map(custom),
        asked.map(custom),
        ANYTHING.map(custom),
        states.map(lambda state: {"method": "update", "state": state, "buffer_paths": []}),
        st.builds(
            lambda state, paths: {"method": "update", "state": state, "buffer_paths": paths},
            st.one_of(states, ANYTHING),
            ANYTHING,
        ),
        st.just({"method": "request_state"}),
        st.dictionaries(st.sampled_from(["method", "state", "content"]), ANYTHING, max_size=3),
        ANYTHING,
    )


def custom(content: object) -> dict[str, Any]:
    """A custom message with this content."""
    return {"method": "custom", "content": content}
