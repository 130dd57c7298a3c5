"""Arrays of a tree as an npz file, and back: `NpzWriter`, `NpzReader`."""

from __future__ import annotations

import io
import zipfile
from math import prod
from typing import Any, Final

import numpy as np

from qsession.ledger.exact_codec import require_plain

_LONGEST_HEADER: Final = 10_000


class NpzWriter:
    """Takes arrays, each only once, and gives the npz file with all of them."""

    def __init__(self) -> None:
        self._arrays: dict[str, np.ndarray[Any, Any]] = {}
        self._names: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def add_array(self, array: np.ndarray[Any, Any]) -> list[Any]:
        """Keep an array under a name."""
        key = (array.dtype.str, array.shape, array.tobytes())
        name = self._names.setdefault(key, f"a{len(self._names)}")
        self._arrays[name] = np.ascontiguousarray(array).reshape(array.shape)
        return [name]

    def add_bytes(self, content: bytes) -> list[Any]:
        """Keep bytes as an array."""
        return self.add_array(np.frombuffer(content, np.uint8))

    def content(self) -> bytes | None:
        """The npz file; None if there is no array."""
        if not self._arrays:
            return None
        buffer = io.BytesIO()
        # The record compresses it. NumPy writes a pickle for arrays of objects, which there are
        # none of.
        np.savez(buffer, **self._arrays)  # type: ignore[arg-type]  # no name is allow_pickle
        return buffer.getvalue()


class NpzReader:
    """Gives the arrays of an npz file, and trusts nothing that the file says of itself.

    Args:
        content: The file; None if there is none.

    Raises:
        ValueError: If it is none.
    """

    def __init__(self, content: bytes | None) -> None:
        self._members: dict[str, bytes] = {}
        if content is None:
            return
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = file.infolist()
            # Nothing in it is compressed, so that it cannot become more than it is.
            is_plain = all(member.compress_type == zipfile.ZIP_STORED for member in members)
            if not is_plain or sum(member.file_size for member in members) > len(content):
                raise ValueError("its arrays are packed otherwise than in a record")
            self._members = {
                member.filename.removesuffix(".npy"): file.read(member) for member in members
            }

    def array(self, *where: Any) -> np.ndarray[Any, Any]:
        """The array of a name."""
        (name,) = where
        content = self._members[name]
        stream = io.BytesIO(content)
        shape, is_fortran, dtype = _read_header(stream)
        require_plain(dtype)
        data = content[stream.tell() :]
        if len(data) != prod(shape) * dtype.itemsize:
            raise ValueError(f"the array {name} is not as long as it says")
        flat = np.frombuffer(bytearray(data), dtype)
        return flat.reshape(shape, order="F" if is_fortran else "C")

    def content(self, *where: Any) -> bytes:
        """The bytes of a name."""
        return self.array(*where).tobytes()


def _read_header(stream: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    read: Any = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, is_fortran, dtype = read(stream, max_header_size=_LONGEST_HEADER)
    return shape, is_fortran, dtype
