"""Results of Qiskit's classes as pictures where cells show them: `show_results`.

The classes stay as they are. The shell is told how to show them, as it is of any class, by name, so
that nothing is loaded for it; it forgets it with the extension.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.lib.pretty import RepresentationPrinter

    from qsession.render.results import ResultSummary

_log = logging.getLogger("qsession")

CLASSES: Final = (
    ("qiskit.primitives.containers.primitive_result", "PrimitiveResult"),
    ("qiskit.primitives.containers.pub_result", "PubResult"),
    ("qiskit.result.result", "Result"),
    ("qiskit_ibm_runtime.results.quantum_program", "QuantumProgramResult"),
)
"""Modules and names of the classes; what is derived from them is shown likewise."""


def show_results(shell: InteractiveShell) -> None:
    """Have a shell show results as pictures, unless it was told already how to show them."""
    for kind, own in _FUNCTIONS.items():
        formatter: Any = _formatter(shell, kind)
        for module, name in CLASSES:
            if _registered(formatter, module, name) is None:
                formatter.for_type_by_name(module, name, own)


def show_results_no_more(shell: InteractiveShell) -> None:
    """Take back what `show_results` said; what others said since then stays."""
    for kind, own in _FUNCTIONS.items():
        formatter: Any = _formatter(shell, kind)
        for module, name in CLASSES:
            if _registered(formatter, module, name) is own:
                formatter.pop(f"{module}.{name}", None)


def _formatter(shell: InteractiveShell, kind: str) -> Any:
    return shell.display_formatter.formatters[kind]  # type: ignore[union-attr]  # a shell has one


def _registered(formatter: Any, module: str, name: str) -> Callable[..., Any] | None:
    """The function that a formatter has for a class; None if it has none."""
    try:
        found: Callable[..., Any] | None = formatter.lookup_by_type(f"{module}.{name}")
    except KeyError:
        return None
    return found


def _html(result: Any) -> str | None:
    summary = _summary(result)
    return None if summary is None else summary._repr_html_()


def _text(result: Any, printer: RepresentationPrinter, cycle: bool) -> None:
    # Within a list or dict a table of several lines would be torn apart.
    summary = None if cycle or len(printer.stack) > 1 else _summary(result)
    write: Any = printer.text  # IPython does not annotate it
    write(repr(result) if summary is None else str(summary))


def _summary(result: Any) -> ResultSummary | None:
    from qsession.render.results import ResultSummary  # noqa: PLC0415 - loads Qiskit

    is_one_pub = not hasattr(result, "results") and not hasattr(result, "__len__")
    try:
        return ResultSummary.of([result] if is_one_pub else result)
    except Exception:  # noqa: BLE001 - results may hold anything; their own text is left
        _log.debug("A result could not be summed up.", exc_info=True)
        return None


_FUNCTIONS: Final = {"text/html": _html, "text/plain": _text}
