"""The base of all our widgets: `PageWidget`, and `KernelOwned` for the parts of one."""

from __future__ import annotations

import logging
import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import uuid4

import anywidget
from traitlets import Unicode

from qsession.compat import jupyter
from qsession.errors import QSessionError
from qsession.session.publisher import Published
from qsession.widget.checking import Actions, Request, is_request
from qsession.widget.replies import Outcome, refusal, reply_to

_log = logging.getLogger("qsession")

_BUILT = Path(__file__).parent.parent / "static"
if not (_BUILT / "widget.js").exists():
    raise QSessionError(
        "The front end is not built, so a session cannot be shown. In a clone of the repository "
        "run 'make setup'; otherwise install qsession again."
    )

OF_THE_PAGE: Final[Mapping[str, Callable[[object], bool]]] = {
    "_view_count": lambda value: value is None or (type(value) is int and value >= 0),
}
"""The synced traits that a page may set, and to what: how often it shows the widget."""

MOST_AT_ONCE: Final = 100
"""The largest number of a widget's requests in progress at once; each has a thread."""


class KernelOwned:
    """Goes before a widget's class: its page may read the widget's traits, and set none.

    To ipywidgets every synced trait is the page's as well, the program that the page runs among
    them; a second page, or one that was saved long ago, would so change what all others see.
    """

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take what a page says of itself, and nothing else."""
        may_be = ((name, value, OF_THE_PAGE.get(name)) for name, value in sync_data.items())
        own = {name: value for name, value, is_good in may_be if is_good and is_good(value)}
        super().set_state(own)  # type: ignore[misc]  # a widget's

    def _handle_msg(self, msg: Mapping[str, Any]) -> None:
        match msg["content"].get("data"):
            case {"method": "update", "state": Mapping() as state}:
                self.set_state(state)
            case {"method": "request_state"} | {"method": "custom", "content": _}:
                super()._handle_msg(msg)  # type: ignore[misc]  # a widget's
            case _:
                _log.debug("A page sent a message that is none.")


class PageWidget(KernelOwned, anywidget.AnyWidget):
    """A view in a page, which asks for things and gets one reply to each request."""

    _esm = _BUILT / "widget.js"
    _css = _BUILT / "widget.css"

    picture = Unicode(
        help="The class of the elements that show the view's picture, which the view hides."
    ).tag(sync=True)

    updates_wait = Published(
        lambda _self: jupyter.is_in_colab(),
        help="Whether news reach the page only while cells run, and at their end.",
    ).tag(sync=True)

    busy_channel = Published(
        lambda _self: jupyter.busy_channel(),
        help="Where messages are handled while a cell runs.",
    ).tag(sync=True)

    comm_id = Unicode(help="What messages for it are addressed to.").tag(sync=True)

    actions: ClassVar[Actions]
    """The actions that the page may request."""

    def __init__(self, **traits: Any) -> None:
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        comm_id = uuid4().hex
        super().__init__(model_id=comm_id, comm_id=comm_id, **traits)
        jupyter.take_on_control(comm_id, self._handle_msg)
        self.on_msg(self._receive)
        jupyter.let_clicks_overtake_cells(self.comm)

    def close(self) -> None:
        """Let go of the pages that show it: they show it no more."""
        jupyter.leave_control(self.comm_id)
        super().close()

    @abstractmethod
    def renew(self) -> None:
        """Send the state as it is at this moment: some hosts keep that, and no other messages."""

    @abstractmethod
    def carry_out(self, request: Request) -> Outcome:
        """Do what a page asks for, and say so or give what was asked for."""

    def _receive(self, _widget: object, content: Any, _buffers: object) -> None:
        if not is_request(content):
            return
        if not self._free.acquire(blocking=False):
            waiting = f"{MOST_AT_ONCE} requests are being carried out. Try again in a moment."
            self.send(refusal(content, QSessionError(waiting)))
            return
        if self.updates_wait:
            # What other threads send is held back in Colab, the answer too. Its kernels carry out
            # nothing while a cell runs anyway.
            self._answer(content)
            self.renew()
            return
        # One shell serves all widgets of the kernel, so nothing may be waited for here. A click is
        # rare enough to be worth a thread of its own, which ends with its answer.
        thread = threading.Thread(
            target=self._answer, args=(content,), name="qsession-request", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:  # the system has no more of them
            self._free.release()
            self.send(refusal(content, error))

    def _answer(self, content: Mapping[str, Any]) -> None:
        try:
            self.send(reply_to(content, self.actions, self.carry_out))
        except Exception:  # noqa: BLE001 - the page is gone, and nobody waits for the answer
            _log.debug("A reply could not be sent.", exc_info=True)
        finally:
            self._free.release()
