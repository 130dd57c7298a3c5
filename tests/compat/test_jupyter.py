"""Where a program runs: found out without loading anything."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from qsession.compat.jupyter import in_kernel, running_shell, shell_of_kernel


def ipython_with(monkeypatch: pytest.MonkeyPatch, shell: object) -> None:
    module = ModuleType("IPython")
    module.get_ipython = lambda: shell  # type: ignore[attr-defined]  # as IPython has it
    monkeypatch.setitem(sys.modules, "IPython", module)


def test_there_is_no_shell_where_ipython_is_not_loaded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert running_shell() is None


def test_there_is_no_shell_while_another_thread_imports_ipython(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    assert running_shell() is None
    assert not in_kernel()


def test_a_terminal_has_a_shell_and_no_kernel(monkeypatch: pytest.MonkeyPatch):
    shell = SimpleNamespace()
    ipython_with(monkeypatch, shell)
    assert running_shell() is shell
    assert shell_of_kernel() is None


def test_a_kernel_has_both(monkeypatch: pytest.MonkeyPatch):
    shell = SimpleNamespace(kernel=object())
    ipython_with(monkeypatch, shell)
    assert shell_of_kernel() is shell
    assert in_kernel()
