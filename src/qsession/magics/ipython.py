"""IPython as these modules use it. It is annotated in part only, so its types stand here as Any."""

from __future__ import annotations

from typing import Any, TypeAlias

from IPython import display as _display

Shell: TypeAlias = Any
"""An `InteractiveShell`."""

DisplayHandle: Any = _display.DisplayHandle
display: Any = _display.display
