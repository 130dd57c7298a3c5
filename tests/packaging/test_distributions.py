"""What is shipped: built as a release is, on a machine without npm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from qsession.render.mimebundle import SESSION_VIEW

REPOSITORY = Path(__file__).resolve().parents[2]
VERSION = json.loads((REPOSITORY / "package.json").read_text())["version"]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and from it the wheel, with nothing on the PATH."""
    folder = tmp_path_factory.mktemp("dist")
    empty = tmp_path_factory.mktemp("empty")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    built = subprocess.run(  # noqa: S603 - this Python
        [*command, str(REPOSITORY)],
        env=os.environ | {"PATH": str(empty)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_wheel_holds_the_package_and_its_front_end_only(distributions: Path) -> None:
    with zipfile.ZipFile(distributions / f"qsession-{VERSION}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
        assert wheel.getinfo("qsession/static/widget.js").file_size > 1000
        metadata = message_from_bytes(wheel.read(f"qsession-{VERSION}.dist-info/METADATA"))
    assert {
        "qsession/__init__.py",
        "qsession/py.typed",
        "qsession/static/widget.css",
    } <= names
    assert {name.split("/")[0] for name in names} == {
        "qsession",
        f"qsession-{VERSION}.data",
        f"qsession-{VERSION}.dist-info",
    }
    assert metadata["Version"] == VERSION
    assert metadata["License-Expression"] == "Apache-2.0"


def test_the_wheel_brings_the_jupyterlab_extension(distributions: Path) -> None:
    folder = f"qsession-{VERSION}.data/data/share/jupyter/labextensions/qsession/"
    with zipfile.ZipFile(distributions / f"qsession-{VERSION}-py3-none-any.whl") as wheel:
        manifest = json.loads(wheel.read(f"{folder}package.json"))
        script = wheel.read(folder + manifest["jupyterlab"]["_build"]["load"]).decode()
    assert manifest["name"] == "qsession"
    assert manifest["version"] == VERSION
    assert SESSION_VIEW in script


def test_sdist_holds_the_bundle_and_what_it_is_made_from(distributions: Path) -> None:
    with tarfile.open(distributions / f"qsession-{VERSION}.tar.gz") as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames()}
    assert {
        "hatch_build.py",
        "js/build.mjs",
        "js/src/index.ts",
        "package-lock.json",
        "package.json",
        "src/labextension/package.json",
        "src/qsession/static/widget.css",
        "src/qsession/static/widget.js",
    } <= names
    assert not any("node_modules" in name or "__pycache__" in name for name in names)


def test_the_wheel_works_where_nothing_else_of_the_project_is(
    distributions: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(distributions / f"qsession-{VERSION}-py3-none-any.whl") as wheel:
        wheel.extractall(tmp_path)  # noqa: S202 - made a moment ago
    code = "import qsession; print(qsession.__file__); qsession.Session().widget"
    printed = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert printed.stdout.startswith(str(tmp_path))
