"""The kernels of this Jupyter server, and their notebooks: `served_kernels`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


@dataclass(frozen=True)
class ServedKernel:
    """A kernel that runs on this server.

    Attributes:
        kernel_id: What Jupyter calls it.
        pid: The id of its process; None if it runs elsewhere.
        state: What it does, in Jupyter's word, such as ``"busy"``.
        notebook: The path of its notebook below the server's root; None without one.
    """

    kernel_id: str
    pid: int | None
    state: str
    notebook: str | None


async def served_kernels(server: ServerApp) -> list[ServedKernel]:
    """The kernels that run now. For the server's own thread: its managers belong to that."""
    notebooks: dict[str, str] = {}
    for session in await server.session_manager.list_sessions():
        kernel = session.get("kernel") or {}
        if session.get("type") == "notebook" and "id" in kernel:
            notebooks[kernel["id"]] = session["path"]
    manager: Any = server.kernel_manager
    return [_served(model, manager, notebooks.get(model["id"])) for model in manager.list_kernels()]


def _served(model: Mapping[str, Any], manager: Any, notebook: str | None) -> ServedKernel:
    # A gateway's kernels have no process here, and other provisioners need not tell it.
    provisioner = getattr(manager.get_kernel(model["id"]), "provisioner", None)
    pid = getattr(provisioner, "pid", None)
    state = str(model.get("execution_state") or "unknown")
    return ServedKernel(model["id"], pid if isinstance(pid, int) else None, state, notebook)
