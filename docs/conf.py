"""How the documentation is built: `make docs`, with warnings as errors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parent

project = "qsession"
author = "qsession contributors"
project_copyright = "qsession contributors"
release = json.loads((REPOSITORY / "package.json").read_text())["version"]
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]
nitpicky = False  # the types of Qiskit and traitlets are described elsewhere

html_theme = "furo"
html_title = f"qsession {release}"
html_static_path = ["pictures"]
templates_path: list[str] = []

# The notebooks keep the outputs of their last run; the tests run them.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# Outputs of a live view need a kernel; what a page shows in its place is the static picture.
nb_mime_priority_overrides = [
    ("html", "application/vnd.jupyter.widget-view+json", None),
]
suppress_warnings = [
    "mystnb.unknown_mime_type",  # a live view, next to its picture
]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_mock_imports: list[str] = []
napoleon_numpy_docstring = False
napoleon_use_rtype = False

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def _take_over(source: Path, target: Path) -> None:
    """Copy what lives elsewhere in the repository next to the pages, if it is newer."""
    target.mkdir(exist_ok=True)
    for path in source.iterdir():
        copied = target / path.name
        if path.is_file() and (
            not copied.exists() or copied.stat().st_mtime < path.stat().st_mtime
        ):
            shutil.copy2(path, copied)


_take_over(REPOSITORY / "notebooks" / "pictures", HERE / "pictures")
(HERE / "tutorials").mkdir(exist_ok=True)
for _notebook in (REPOSITORY / "notebooks").glob("*.ipynb"):
    shutil.copy2(_notebook, HERE / "tutorials" / _notebook.name)
