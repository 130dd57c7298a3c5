"""Finds the Chromium that the browser tests drive; run as a module, also installs it on Debian."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "QSESSION_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ADVICE = f"""\
The browser tests need Chromium or Google Chrome, and none was found.
  Debian:  apt-get install chromium fonts-dejavu-core
  Fedora:  dnf install chromium
  macOS:   brew install --cask chromium
  or set {VARIABLE} to the path of its executable."""


class ChromiumNotFoundError(Exception):
    """There is no browser to test with."""


def find_chromium() -> Path:
    """Return the executable: what the environment names, else the first one on the PATH."""
    named = os.environ.get(VARIABLE)
    if named:
        if shutil.which(named) is None:
            raise ChromiumNotFoundError(f"{VARIABLE} is {named!r}, which cannot be executed.")
        return Path(named)
    for name in NAMES:
        if path := shutil.which(name):
            return Path(path)
    raise ChromiumNotFoundError(ADVICE)


def main() -> int:
    """Print where Chromium is, after installing it if that is missing and possible."""
    try:
        path = find_chromium()
    except ChromiumNotFoundError as error:
        if os.environ.get(VARIABLE) or not _may_install():
            print(error, file=sys.stderr)
            return 1
        try:
            _install()
        except subprocess.CalledProcessError as failure:
            print(f"{failure}\n{error}", file=sys.stderr)
            return 1
        path = find_chromium()
    print(f"Chromium for the browser tests: {path}")
    return 0


def _may_install() -> bool:
    try:
        system = platform.freedesktop_os_release()["ID"]
    except OSError:
        return False
    return system == "debian" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install() -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        command = ["apt-get", "-q", *arguments]
        print(" ".join(command), flush=True)
        subprocess.run(command, check=True, env=environment)


if __name__ == "__main__":
    sys.exit(main())
