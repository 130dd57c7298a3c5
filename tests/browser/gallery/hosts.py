"""How the pages of hosts look to a view in them: their variables, and their marks on the page."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

JUPYTERLAB_THEMES = Path(sys.prefix, "share/jupyter/lab/themes/@jupyterlab")


@dataclass(frozen=True)
class Host:
    """A page that may hold a view.

    Attributes:
        css: Its style sheet.
        body: The attributes of its body.
        is_dark: What the view should find out.
        shadow_host: The element in whose shadow tree widgets live, if they live in one.
        color_scheme: What the browser says that the reader prefers.
        forced_colors: Whether the system replaces all colours.
        background: What the view stands on.
    """

    css: str
    body: Mapping[str, str] = field(default_factory=dict)
    is_dark: bool = False
    shadow_host: str | None = None
    color_scheme: str = "light"
    forced_colors: bool = False
    background: str = "Canvas"


def _jupyterlab(theme: str, *, is_dark: bool) -> Host:
    """A page with the style sheet that this JupyterLab has for a theme."""
    css = (JUPYTERLAB_THEMES / f"theme-{theme}-extension" / "index.css").read_text("utf-8")
    light = "false" if is_dark else "true"
    return Host(
        css=css,
        body={"data-jp-theme-light": light},
        is_dark=is_dark,
        background="var(--jp-layout-color0)",
    )


_OF_LIGHT_JUPYTERLAB = """
    --jp-layout-color1: white; --jp-ui-font-color1: rgb(0 0 0 / 87%); --jp-border-color2: #e0e0e0;
    --jp-brand-color1: #1976d2; --jp-error-color1: #d32f2f; --jp-success-color1: #388e3c;
    --jp-warn-color1: #f57c00; --jp-ui-font-family: sans-serif; --jp-code-font-family: monospace;
"""
"""VS Code's page has them in all of its themes (seen in release 1.139)."""


def _vscode(kind: str, *, is_dark: bool, **colors: str) -> Host:
    """A page with the variables that VS Code gives the outputs of a notebook."""
    given = {
        "font-family": "system-ui, sans-serif",
        "editor-font-family": "monospace",
        **{name.replace("_", "-"): value for name, value in colors.items()},
    }
    variables = "".join(f"--vscode-{name}: {value};" for name, value in given.items())
    return Host(
        css=f":root {{ {variables} {_OF_LIGHT_JUPYTERLAB} }} "
        "body { color: var(--vscode-editor-foreground) }",
        body={"class": kind, "data-vscode-theme-kind": kind},
        is_dark=is_dark,
        background="var(--vscode-editor-background)",
    )


@cache
def _marimo_css() -> str:
    # Not imported: it is large, and all that is wanted is where it is.
    spec = find_spec("marimo")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The gallery takes marimo's style sheet from marimo.")
    assets = Path(spec.origin).parent / "_static" / "assets"
    sheets = (path.read_text("utf-8") for path in assets.glob("index-*.css"))
    return next(css for css in sheets if "--background:" in css)


def _marimo(*, is_dark: bool) -> Host:
    """A page with marimo's own style sheet; its widgets live in shadow trees."""
    theme = "dark" if is_dark else "light"
    return Host(
        css=re.sub(r"@import[^;]*;", "", _marimo_css()),
        body={"class": f"{theme} {theme}-theme", "data-theme": theme},
        is_dark=is_dark,
        shadow_host="marimo-anywidget",
        background="var(--background)",
    )


def hosts() -> dict[str, Host]:
    """The hosts by name."""
    return {
        "lab-light": _jupyterlab("light", is_dark=False),
        "lab-dark": _jupyterlab("dark", is_dark=True),
        "lab-high-contrast": _jupyterlab("dark-high-contrast", is_dark=True),
        "vscode-light": _vscode(
            "vscode-light",
            is_dark=False,
            editor_background="#ffffff",
            editor_foreground="#3b3b3b",
            focusBorder="#005fb8",
            panel_border="#e5e5e5",
            errorForeground="#f85149",
        ),
        "vscode-dark": _vscode(
            "vscode-dark",
            is_dark=True,
            editor_background="#1f1f1f",
            editor_foreground="#cccccc",
            focusBorder="#0078d4",
            panel_border="#2b2b2b",
            errorForeground="#f85149",
        ),
        "vscode-high-contrast": _vscode(
            "vscode-high-contrast",
            is_dark=True,
            editor_background="#000000",
            editor_foreground="#ffffff",
            focusBorder="#f38518",
            panel_border="#6fc3df",
            contrastBorder="#6fc3df",
            errorForeground="#f48771",
        ),
        "vscode-high-contrast-light": _vscode(
            "vscode-high-contrast-light",
            is_dark=False,
            editor_background="#ffffff",
            editor_foreground="#292929",
            focusBorder="#006bbd",
            panel_border="#0f4a85",
            contrastBorder="#0f4a85",
            errorForeground="#b5200d",
        ),
        "marimo-light": _marimo(is_dark=False),
        "marimo-dark": _marimo(is_dark=True),
        "plain-light": Host(css=""),
        "plain-dark": Host(css=":root { color-scheme: dark }", is_dark=True, color_scheme="dark"),
        "forced-colors": Host(css="", forced_colors=True),
        "forced-colors-dark": Host(
            css=":root { color-scheme: light dark }",
            is_dark=True,
            color_scheme="dark",
            forced_colors=True,
        ),
    }
