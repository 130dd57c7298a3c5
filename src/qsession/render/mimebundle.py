"""The forms in which a notebook gets, and keeps, what shows a session: `forms_of`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from qsession.compat.jupyter import in_kernel
from qsession.printing import encodable

SESSION_VIEW = "application/vnd.qsession.view+json"
"""Asks our JupyterLab extension to look after an output; others pass it over.

The extension shows the static forms where there is no live view. Where ``has_pictures``, the view
gives newer ones, which are kept when the notebook is saved.
"""

Forms: TypeAlias = dict[str, Any]
"""Content by its MIME type."""


class Shown(Protocol):
    """An object that a notebook can display, such as an ipywidget."""

    def _repr_mimebundle_(self, **options: object) -> Any: ...


def forms_of(
    text: str, html: str, widget: Callable[[], Shown], *, has_pictures: bool
) -> tuple[Forms, Forms]:
    """The static forms of something, and in a kernel its live view.

    Args:
        text: The form for terminals.
        html: The form for whoever cannot show the live one.
        widget: Gives the live view; not called outside of a kernel.
        has_pictures: Whether the live view gives newer static forms.

    Returns:
        What ``_repr_mimebundle_`` should give: the forms, and the metadata by which some hosts
        (Colab) find what draws the live one.
    """
    static = {"text/plain": text, "text/html": html}
    if not in_kernel():
        return {**static, "text/plain": encodable(text)}, {}
    live, metadata = live_forms_of(widget())
    return {**live, **static, SESSION_VIEW: {"has_pictures": has_pictures}}, metadata


def live_forms_of(widget: Shown) -> tuple[Forms, Forms]:
    """The form of a live view, with a text that says nothing, and its metadata."""
    bundle = widget._repr_mimebundle_()
    data: Mapping[str, Any] | None
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {**(data or {}), "text/plain": ""}, dict(metadata or {})
