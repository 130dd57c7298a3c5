"""What a notebook keeps that a program runs (nbconvert, Quarto, papermill): `KeptOutput`."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Protocol

from qsession.compat.jupyter import shell_of_kernel
from qsession.render.mimebundle import SESSION_VIEW, Shown, live_forms_of

_log = logging.getLogger("qsession")

_kept: list[KeptOutput] = []
"""All of this kernel. Their widgets live as long as the kernel, too."""


class KeptView(Protocol):
    """A live view whose state such a program keeps."""

    picture: str
    """The class of the elements that show its picture, which it hides."""

    def renew(self) -> None:
        """Send its state as it is at this moment."""
        ...


class KeptOutput:
    """Something that is shown in two outputs: its picture, and over it its live view.

    Who runs notebooks to keep them takes one form of each output, the live view if it can, which
    draws nothing without a network. So the picture is an output of its own, and the view hides it
    once it is drawn. Both are renewed when a cell has ended: such a program takes no notice of the
    messages by which a page follows a session.
    """

    def __init__(
        self,
        picture: Callable[[], tuple[str, str]],
        view: KeptView,
        shown: Shown,
    ) -> None:
        """Prepare the outputs; nothing is shown yet.

        Args:
            picture: Gives the picture as it is at this moment, in text and in HTML.
            view: The live view.
            shown: What is displayed of it: the view, or a box around it.
        """
        self._picture = picture
        self._view = view
        self._shown = shown
        self._id = f"qsession-picture-{secrets.token_hex(8)}"
        self._last: dict[str, str] = {}
        view.picture = self._id
        _keep(self)

    def display(self) -> None:
        """Show both in the cell that runs."""
        self._last = self._pictured()
        data, metadata = live_forms_of(self._shown)
        publisher = shell_of_kernel().display_pub
        publisher.publish(self._last, {}, transient={"display_id": self._id})
        publisher.publish({**data, SESSION_VIEW: {"has_pictures": False}}, metadata)

    def renew(self) -> None:
        """Bring both up to date, wherever in the notebook they are shown."""
        newest = self._pictured()
        if newest == self._last:
            return
        self._last = newest
        shown = {"display_id": self._id}
        shell_of_kernel().display_pub.publish(newest, {}, transient=shown, update=True)
        self._view.renew()

    def _pictured(self) -> dict[str, str]:
        text, html = self._picture()
        # A class, since JupyterLab leaves it where it takes other attributes away.
        return {"text/plain": text, "text/html": f'<div class="{self._id}">{html}</div>'}


def _keep(output: KeptOutput) -> None:
    if not _kept:
        shell_of_kernel().events.register("post_run_cell", _renew_all)
    _kept.append(output)


def _renew_all(_result: object) -> None:
    for output in _kept:
        try:
            output.renew()
        except Exception:  # noqa: BLE001 - the cell itself has succeeded
            _log.warning("What the notebook keeps of a session was not renewed.", exc_info=True)
