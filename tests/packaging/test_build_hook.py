"""When the front end is built: a source tree, an sdist and a half-installed machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import hatch_build

pytestmark = pytest.mark.posix

if TYPE_CHECKING:
    from pathlib import Path

NPM = """#!/bin/sh
echo "$@" >> calls
case "$1" in
  ci) mkdir -p node_modules; echo {} > node_modules/.package-lock.json ;;
  run) mkdir -p src/qsession/static src/labextension
    echo built | tee src/qsession/static/widget.js src/qsession/static/widget.css \
      > src/labextension/package.json ;;
esac
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a source tree without a bundle, on a machine without npm."""
    for name in ("package.json", "package-lock.json", "js/src/index.ts", "js/test/index.test.ts"):
        touch(tmp_path / "tree" / name, age=100)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    return tmp_path / "tree"


@pytest.fixture
def npm(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an npm on that machine which writes down what it is told to do."""
    script = root.parent / "bin/npm"
    script.write_text(NPM)
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.defpath}")


def touch(path: Path, *, age: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    when = path.stat().st_mtime - age
    os.utime(path, (when, when))


def add_bundle(root: Path, *, age: float) -> None:
    for name in hatch_build.BUNDLE:
        touch(root / name, age=age)


def calls(root: Path) -> list[str]:
    log = root / "calls"
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.usefixtures("npm")
def test_missing_bundle_is_built_once(root: Path) -> None:
    hatch_build.build(root)
    hatch_build.build(root)
    assert calls(root) == ["ci --no-audit --no-fund", "run build"]


@pytest.mark.usefixtures("npm")
@pytest.mark.parametrize("changed", ["js/src/index.ts", "package.json"])
def test_changed_source_is_built_again(root: Path, changed: str) -> None:
    add_bundle(root, age=50)
    touch(root / "node_modules/.package-lock.json", age=50)
    hatch_build.build(root)
    assert calls(root) == []
    touch(root / changed, age=0)
    hatch_build.build(root)
    assert calls(root) == ["run build"]


@pytest.mark.usefixtures("npm")
def test_changed_lock_is_installed(root: Path) -> None:
    add_bundle(root, age=50)
    touch(root / "node_modules/.package-lock.json", age=50)
    touch(root / "package-lock.json", age=0)
    hatch_build.build(root)
    assert calls(root) == ["ci --no-audit --no-fund", "run build"]


@pytest.mark.usefixtures("npm")
def test_changed_test_is_no_reason_to_build(root: Path) -> None:
    add_bundle(root, age=50)
    touch(root / "js/test/index.test.ts", age=0)
    hatch_build.build(root)
    assert calls(root) == []


@pytest.mark.parametrize("built", [0, 50], ids=["unpacked sdist", "built tree"])
def test_no_npm_is_needed_where_the_bundle_is_current(root: Path, built: float) -> None:
    add_bundle(root, age=0)
    for path in hatch_build.sources(root):
        os.utime(path, (0, 0))
    for name in hatch_build.BUNDLE:
        os.utime(root / name, (built, built))
    hatch_build.build(root)


def test_missing_bundle_without_npm_says_what_to_install(root: Path) -> None:
    with pytest.raises(RuntimeError, match=r"Install Node\.js 20"):
        hatch_build.build(root)


def test_old_bundle_without_npm_is_used_with_a_warning(root: Path) -> None:
    add_bundle(root, age=200)
    with pytest.warns(UserWarning, match="older than its sources"):
        hatch_build.build(root)


def test_failing_npm_is_an_error(root: Path, npm: None) -> None:
    (root.parent / "bin/npm").write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(RuntimeError, match=r"'npm ci .*' failed with exit code 3"):
        hatch_build.build(root)
