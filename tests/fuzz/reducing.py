"""Makes a program smaller while it still fails: `reduce_program`."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

StillFails = Callable[[str], bool]


@dataclass
class _Budget:
    """How many more programs may be tried."""

    tries: int


def reduce_program(source: str, still_fails: StillFails, *, most_tries: int = 400) -> str:
    """Make a program smaller.

    Args:
        source: A program that fails.
        still_fails: Tells whether another program fails in the same way.
        most_tries: How often it is asked.

    Returns:
        The smallest program that was found, in the form of `ast.unparse`.
    """
    budget = _Budget(most_tries)
    best = ast.unparse(ast.parse(source))
    before = ""
    while best != before and budget.tries > 0:
        before = best
        best = _without_statements(best, still_fails, budget)
        best = _simpler(best, still_fails, budget)
    return best


def _fails(tree: ast.Module, still_fails: StillFails, budget: _Budget) -> str | None:
    if budget.tries <= 0:
        return None
    budget.tries -= 1
    source = ast.unparse(ast.fix_missing_locations(tree))
    return source if still_fails(source) else None


# --- statements -----------------------------------------------------------------------------------


def _without_statements(source: str, still_fails: StillFails, budget: _Budget) -> str:
    """Leave out runs of statements, long ones first, in every body."""
    size = max(len(body) for body in _bodies(ast.parse(source)))
    while size:
        number = 0
        while True:
            tree = ast.parse(source)
            places = [
                (place, start)
                for place, body in enumerate(_bodies(tree))
                for start in reversed(range(0, len(body), size))
            ]
            if number >= len(places) or budget.tries <= 0:
                break
            place, start = places[number]
            body = list(_bodies(tree))[place]
            del body[start : start + size]
            if not body and place:
                body.append(ast.Pass())
            smaller = _fails(tree, still_fails, budget)
            if smaller is None or smaller == source:
                number += 1
            else:
                source = smaller
        size //= 2
    return source


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.With):
            yield node.body


# --- what is in them ------------------------------------------------------------------------------


def _simpler(source: str, still_fails: StillFails, budget: _Budget) -> str:
    """Leave out arguments, elements and blocks, one by one."""
    number = 0
    while budget.tries > 0:
        tree = ast.parse(source)
        changes = list(_changes(tree))
        if number >= len(changes):
            break
        changes[number]()
        smaller = _fails(tree, still_fails, budget)
        if smaller is None or len(smaller) >= len(source):
            number += 1
        else:
            source = smaller
    return source


def _changes(tree: ast.Module) -> Iterator[Callable[[], None]]:
    """What can be made simpler in a tree; each is to be done to it alone."""
    for node in ast.walk(tree):
        yield from _less_of(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                for other in _instead_of(value):
                    yield _Set(node, name, other)
            elif isinstance(value, list):
                for place, each in enumerate(value):
                    for other in _instead_of(each):
                        yield _Replaced(value, place, [other])


def _less_of(node: ast.AST) -> Iterator[Callable[[], None]]:
    """What can be left out of a node."""
    if isinstance(node, ast.Module | ast.With):
        for place, each in enumerate(node.body):
            if isinstance(each, ast.With):
                yield _Replaced(node.body, place, each.body)
    elif isinstance(node, ast.Call):
        yield from (_Left(node.keywords, place) for place in range(len(node.keywords)))
    elif isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1:
        yield from (_Left(node.elts, place) for place in range(len(node.elts)))
    elif isinstance(node, ast.Dict):
        yield from (_LeftEntry(node, place) for place in range(len(node.keys)))


def _instead_of(node: ast.AST) -> Iterator[ast.expr]:
    """Simpler expressions."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in {"compose", "tensor", "expand", "to_instruction", "copy"}:
            yield node.func.value
    elif isinstance(node, ast.BinOp):
        yield ast.Name("pi", ast.Load())
        yield copy.deepcopy(node.left)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float | int):
        for value in (0, 1, 2, 10):
            if type(node.value) is not bool and len(str(value)) < len(str(node.value)):
                yield ast.Constant(value)


@dataclass
class _Left:
    items: list[ast.expr] | list[ast.keyword]
    place: int

    def __call__(self) -> None:
        del self.items[self.place]


@dataclass
class _LeftEntry:
    node: ast.Dict
    place: int

    def __call__(self) -> None:
        del self.node.keys[self.place]
        del self.node.values[self.place]


@dataclass
class _Replaced:
    items: list[ast.stmt] | list[ast.AST]
    place: int
    others: list[ast.stmt] | list[ast.expr]

    def __call__(self) -> None:
        self.items[self.place : self.place + 1] = self.others  # type: ignore[assignment]


@dataclass
class _Set:
    node: ast.AST
    name: str
    value: ast.expr

    def __call__(self) -> None:
        setattr(self.node, self.name, self.value)
