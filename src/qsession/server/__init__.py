"""The Jupyter server extension: sessions seen and ended without a kernel.

Jupyter's server loads it where the package is installed (``jupyter_server_config.d``), and nothing
else does: what needs Jupyter's packages is imported in here alone. Qiskit is loaded on a thread,
once there is something to ask the account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

PAGE_OPTION = "qsessionServer"
"""Tells JupyterLab's page that the extension is there; `js/src/lab/server.ts` reads it."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "qsession.server"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    from qsession.server.handlers import handlers_of  # noqa: PLC0415 - needs Jupyter's server

    application: Any = server.web_app
    application.add_handlers(".*$", handlers_of(server))
    application.settings.setdefault("page_config_data", {})[PAGE_OPTION] = True
