"""The forms in which a notebook gets, and keeps, what shows a session: `forms_of`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from qsession.session.surroundings import in_kernel

SESSION_VIEW = "application/vnd.qsession.view+json"
"""Asks our JupyterLab extension to look after an output; others pass it over.

The extension shows the static forms where there is no live view. Where ``has_pictures``, the view
gives newer ones, which are kept when the notebook is saved.
"""


class Shown(Protocol):
    """What can be displayed: an ipywidget."""

    def _repr_mimebundle_(self, **options: object) -> Any: ...


def forms_of(
    text: str, html: str, widget: Callable[[], Shown], *, has_pictures: bool
) -> dict[str, Any]:
    """The static forms of something, and in a kernel its live view.

    Args:
        text: The form for terminals.
        html: The form for whoever cannot show the live one.
        widget: Gives the live view; not called outside of a kernel.
        has_pictures: Whether the live view gives newer static forms.

    Returns:
        What ``_repr_mimebundle_`` should give.
    """
    static = {"text/plain": text, "text/html": html}
    if not in_kernel():
        return static
    live_view = widget()._repr_mimebundle_()
    data: Mapping[str, Any] = live_view[0] if isinstance(live_view, tuple) else live_view
    return {**(data or {}), **static, SESSION_VIEW: {"has_pictures": has_pictures}}
