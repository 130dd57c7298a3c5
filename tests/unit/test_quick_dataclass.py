"""Our dataclasses are as the standard library's; their decorator only takes less time."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import typing
from dataclasses import FrozenInstanceError, asdict, astuple, field, fields, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from qsession import quick_dataclass
from qsession.quick_dataclass import dataclass, quickly_made

SOURCES = Path(quick_dataclass.__file__).parent

OURS_AND_THEIRS = pytest.mark.parametrize("made", [quickly_made, dataclasses.dataclass])
"""Each test holds for both decorators: what one does is what the other does."""


@dataclass(frozen=True)
class Point:
    """A frozen one, at a module's top, where pickles find it."""

    x: int
    y: float = 0.5
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Slotted:
    """One with slots."""

    x: int
    seen: Path | None = None


def plain(made: Any, **options: bool) -> Any:
    @made(**options)
    class Row:
        """A row."""

        kind: ClassVar[str] = "row"

        name: str
        size: int = 3
        parts: list[int] = field(default_factory=list)
        note: str = field(default="", compare=False)

    return Row


@OURS_AND_THEIRS
def test_fields_are_set_by_position_by_name_and_by_default(made: Any) -> None:
    row_class = plain(made)
    row = row_class("a", parts=[1])
    assert (row.name, row.size, row.parts, row.note) == ("a", 3, [1], "")
    assert row_class("a").parts is not row_class("a").parts
    assert row_class.kind == "row"


@OURS_AND_THEIRS
def test_missing_and_unknown_arguments_are_refused_by_name(made: Any) -> None:
    with pytest.raises(TypeError, match=r"Row\.__init__\(\) missing 1 .* argument: 'name'"):
        plain(made)()
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        plain(made)("a", colour="red")


@OURS_AND_THEIRS
def test_a_signature_has_names_types_and_defaults(made: Any) -> None:
    signature = str(inspect.signature(plain(made)))
    assert signature == (
        "(name: 'str', size: 'int' = 3, parts: 'list[int]' = <factory>, note: 'str' = '') -> None"
    )


def test_types_resolve_in_the_module_of_the_class() -> None:
    hints = typing.get_type_hints(Slotted.__init__)
    assert hints == {"x": int, "seen": Path | None, "return": type(None)}
    assert typing.get_type_hints(Slotted) == {"x": int, "seen": Path | None}


@OURS_AND_THEIRS
def test_it_shows_its_fields(made: Any) -> None:
    row = plain(made)("a")
    assert repr(row).endswith("Row(name='a', size=3, parts=[], note='')")
    row.parts.append(row)
    assert repr(row).endswith("Row(name='a', size=3, parts=[...], note='')")


@OURS_AND_THEIRS
@pytest.mark.parametrize("slots", [False, True])
def test_two_are_equal_if_class_and_compared_fields_are(made: Any, slots: bool) -> None:
    row_class, other_class = plain(made, slots=slots), plain(made, slots=slots)
    assert row_class("a", note="one") == row_class("a", note="another")
    assert row_class("a") != row_class("b")
    assert row_class("a") != other_class("a")
    assert row_class("a") != ("a", 3, [])


@OURS_AND_THEIRS
def test_only_a_frozen_one_has_a_hash(made: Any) -> None:
    class Key:
        """A key."""

        name: str

    key: Any = made(frozen=True)(Key)
    assert hash(key("a")) == hash(key("a"))
    assert {key("a"): 1}[key("a")] == 1
    with pytest.raises(TypeError, match="unhashable"):
        hash(plain(made)("a"))


@OURS_AND_THEIRS
def test_without_eq_each_is_only_itself(made: Any) -> None:
    row_class = plain(made, eq=False)
    row = row_class("a")
    assert row == row  # noqa: PLR0124 - that is the question
    assert row != row_class("a")
    assert hash(row) == object.__hash__(row)


@OURS_AND_THEIRS
def test_a_method_that_a_class_has_is_left_alone(made: Any) -> None:
    class Own:
        """It has methods of its own."""

        name: str

        def __repr__(self) -> str:
            return "mine"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    own: Any = made(frozen=True)(Own)
    assert (repr(own("a")), own("a") == 3, hash(own("a"))) == ("mine", True, 7)


@OURS_AND_THEIRS
def test_without_repr_that_of_the_base_stays(made: Any) -> None:
    class Silent:
        """It is not shown."""

        name: str

    silent: Any = made(repr=False)(Silent)
    assert "object at" in repr(silent("a"))


@OURS_AND_THEIRS
def test_a_class_that_derives_has_the_fields_of_its_base_first(made: Any) -> None:
    base = plain(made, frozen=True)

    @made(frozen=True)
    class Derived(base):  # type: ignore[misc, valid-type] # made here, once for each decorator
        """More of it."""

        size: int = 4
        depth: int = 1

    derived = Derived("a", 5, [], "", 2)
    assert [each.name for each in fields(Derived)] == ["name", "size", "parts", "note", "depth"]
    assert astuple(derived) == ("a", 5, [], "", 2)
    assert Derived("a").size == 4


@OURS_AND_THEIRS
def test_what_it_is_prepared_with_is_called_last(made: Any) -> None:
    class Checked:
        """It checks itself."""

        size: int

        def __post_init__(self) -> None:
            if self.size < 0:
                raise ValueError("a size below 0")

    checked: Any = made()(Checked)
    with pytest.raises(ValueError, match="below 0"):
        checked(-1)


@pytest.mark.parametrize("one", [Point(1), Slotted(1)], ids=["plain", "slots"])
def test_a_frozen_one_refuses_changes(one: Any) -> None:
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        one.x = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del one.x
    assert one.x == 1


@pytest.mark.parametrize("one", [Point(1, tags=["a"]), Slotted(1)], ids=["plain", "slots"])
def test_it_is_pickled_copied_and_replaced(one: Any) -> None:
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    assert copy.copy(one) == copy.deepcopy(one) == one
    assert replace(one, x=2).x == 2
    assert asdict(one)["x"] == 1


def test_slots_leave_no_room_for_other_names() -> None:
    assert not hasattr(Slotted(1), "__dict__")


def test_it_is_matched_by_position() -> None:
    match Point(1, 2.5):
        case Point(x, y):
            assert (x, y) == (1, 2.5)
        case _:
            pytest.fail("not matched")


def test_a_field_without_a_default_after_one_with_it_is_refused() -> None:
    with pytest.raises(SyntaxError):

        @quickly_made()
        class Wrong:
            """It cannot be made."""

            size: int = 3
            name: str


def test_all_dataclasses_of_the_package_are_made_quickly() -> None:
    others = [
        path.relative_to(SOURCES)
        for path in SOURCES.rglob("*.py")
        if path.name != "quick_dataclass.py"
        and any(
            line.startswith("from dataclasses import")
            and "dataclass" in line.partition("import")[2].replace(" ", "").split(",")
            for line in path.read_text().splitlines()
        )
    ]
    assert others == []
