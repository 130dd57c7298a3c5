"""Outputs that a notebook keeps as new as the last cell: `renewed_after_cells` and its kinds.

A page gets the news of a session by messages. A notebook keeps none of them, but what its outputs
and its widgets' traits hold; where nothing else brings these up to date, it is done here.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Protocol, TypeAlias

from qsession.compat.jupyter import shell_of_kernel
from qsession.render.mimebundle import SESSION_VIEW, Forms, Shown, live_forms_of

_log = logging.getLogger("qsession")

Picture: TypeAlias = Callable[[], tuple[str, str]]
"""Gives a static picture as it is at this moment, in text and in HTML."""


class Renewed(Protocol):
    """A view in an output, which is renewed when a cell has ended."""

    @property
    def is_shown(self) -> bool:
        """True if somebody may see the view."""
        ...

    def renew(self) -> None:
        """Bring it up to date, wherever in the notebook it is."""
        ...


class KeptView(Protocol):
    """A live view whose state is kept."""

    picture: str
    """The class of the elements that show its picture, which it hides."""

    comm: object
    """Its connection to a page; None once it was let go."""

    def renew(self) -> None:
        """Send its state as it is at this moment."""
        ...


class OutputOfProgram:
    """The output for programs that run notebooks: a picture, and the view in another one.

    Who runs notebooks to keep them (nbconvert, Quarto, papermill) takes one form of each output,
    the live view if it can, which draws nothing without a network. So the picture is an output of
    its own, and the view hides it once it is drawn.
    """

    is_shown = True

    def __init__(self, picture: Picture, view: KeptView, shown: Shown) -> None:
        """Prepare the outputs.

        Args:
            picture: Gives the picture.
            view: The live view.
            shown: What is displayed of it: the view, or a box around it.
        """
        self._picture = picture
        self._view = view
        self._shown = shown
        self._id = f"qsession-picture-{secrets.token_hex(8)}"
        self._last: Forms = {}
        view.picture = self._id

    def display(self) -> None:
        """Show both in the cell that runs."""
        self._last = self._pictured()
        data, metadata = live_forms_of(self._shown)
        _publish(self._last, {}, display_id=self._id)
        _publish({**data, SESSION_VIEW: {"has_pictures": False}}, metadata)

    def renew(self) -> None:
        """Bring both up to date, wherever in the notebook they are."""
        newest = self._pictured()
        if newest != self._last:
            self._last = newest
            _publish(newest, {}, display_id=self._id, update=True)
            self._view.renew()

    def _pictured(self) -> Forms:
        text, html = self._picture()
        # A class, since JupyterLab leaves it where it takes other attributes away.
        return {"text/plain": text, "text/html": f'<div class="{self._id}">{html}</div>'}


class OutputInVscode:
    """The output in VS Code: the view, with the picture that VS Code saves.

    VS Code saves an output as it came, and has no place for our extension of JupyterLab's, which
    renews the picture at each saving. To an output whose view is the same it takes the new picture
    without drawing the view anew.
    """

    def __init__(self, picture: Picture, view: KeptView, shown: Shown) -> None:
        """Prepare the output; see `OutputOfProgram`."""
        self._picture = picture
        self._view = view
        self._forms, self._metadata = live_forms_of(shown)
        self._id = f"qsession-{secrets.token_hex(8)}"
        self._last: Forms = {}

    @property
    def is_shown(self) -> bool:
        """True if the view may still be on a page."""
        return self._view.comm is not None

    def display(self) -> None:
        """Show it in the cell that runs."""
        self._last = self._pictured()
        _publish(self._last, self._metadata, display_id=self._id)

    def renew(self) -> None:
        """Give it the newest picture."""
        newest = self._pictured()
        if newest != self._last:
            self._last = newest
            _publish(newest, self._metadata, display_id=self._id, update=True)

    def _pictured(self) -> Forms:
        text, html = self._picture()
        return {**self._forms, "text/plain": text, "text/html": html}


class ViewInColab:
    """The output in Google Colab: the view gets its whole state at the end of each cell.

    Messages that other threads send reach the page only when the next cell runs.
    """

    is_shown = True

    def __init__(self, renew: Callable[[], None]) -> None:
        self.renew = renew


_outputs: list[Renewed] = []
"""All of this kernel that may be shown. Their widgets live as long as the kernel, too."""


def renewed_after_cells(output: Renewed) -> None:
    """Renew an output whenever a cell has ended, as long as somebody may see it."""
    events = shell_of_kernel().events
    if _renew_all not in events.callbacks["post_run_cell"]:
        events.register("post_run_cell", _renew_all)
    _outputs.append(output)


def _renew_all(_result: object) -> None:
    _outputs[:] = [output for output in _outputs if output.is_shown]
    for output in _outputs:
        try:
            output.renew()
        except Exception:  # noqa: BLE001 - the cell itself has succeeded
            _log.warning("What the notebook keeps of a session was not renewed.", exc_info=True)


def _publish(data: Forms, metadata: Forms, *, display_id: str = "", update: bool = False) -> None:
    transient = {"display_id": display_id} if display_id else None
    shell_of_kernel().display_pub.publish(data, metadata, transient=transient, update=update)
