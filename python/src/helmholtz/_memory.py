"""Arrays that cross: in memory that the host shares, or in the messages (docs/wire.md, section 4)."""

from __future__ import annotations

import mmap
import os
from typing import Any, Optional, Tuple

import numpy as np

from .errors import Error

_INT32 = ("k", "span", "number", "label", "known", "parent")
_COMPLEX = ("log_psi", "lap", "log_psi_slope", "span_psi", "span_lap", "element")

#: columns as long as a configuration (docs/wire.md, section 3).
WIDE = ("x", "slope", "log_p_slope", "z", "z_bar", "velocity", "score", "along", "known", "completed", "uniform", "moved",
         "goal", "displacement")


def _dtype(name: str) -> str:
    """Of the numbers that an array counts: a complex one counts real and imaginary parts."""
    return "<i4" if name.split("@")[0] in _INT32 else "<f8"


def _complex(name: str) -> bool:
    return name.split("@")[0] in _COMPLEX


class Memory:
    """What the host shares; unshared, arrays are in the messages."""

    def __init__(self) -> None:
        self.shared = False
        self._fd = -1
        self._generation: Optional[int] = None
        self._bytes = np.empty(0, np.uint8)

    def offer(self, file: str, segment: Any) -> bool:
        """Takes the memory that Open offers; false where there is none, or it cannot be had."""
        if not file:
            return False
        try:
            self._fd = os.open(file, os.O_RDWR | os.O_CLOEXEC)
            self.shared = True
            self.follow(segment)
        except OSError:
            self.shared = False
        return self.shared

    def follow(self, segment: Any) -> None:
        """Maps the memory again where it has grown. Views of the old map stay valid."""
        if self.shared and segment.size and segment.generation != self._generation:
            self._bytes = np.frombuffer(mmap.mmap(self._fd, segment.size), np.uint8)
            self._generation = segment.generation

    def _view(self, a: Any, dtype: str) -> np.ndarray:
        end = a.offset + a.length * np.dtype(dtype).itemsize
        if a.offset % 8 or end > len(self._bytes):
            raise Error(f"{a.name or 'an array'} is at the bytes {a.offset} to {end} of {len(self._bytes)}", kind="plugin")
        return self._bytes[a.offset:end].view(dtype)

    def read(self, a: Any) -> np.ndarray:
        """The numbers of a request's array, flat and read-only."""
        dtype = _dtype(a.name)
        if a.WhichOneof("place") == "offset":
            v = self._view(a, dtype)
        else:
            v = np.frombuffer(a.data, dtype)
            if len(v) != a.length:
                raise Error(f"{a.name or 'an array'} has {len(v)} numbers, and says {a.length}", kind="plugin")
        if _complex(a.name):
            v = v.view("<c16")
        v.flags.writeable = False
        return v

    def place(self, a: Any) -> Optional[np.ndarray]:
        """Where a request wants a result, flat; None where it goes into the reply."""
        if a.WhichOneof("place") != "offset":
            return None
        v = self._view(a, _dtype(a.name))
        return v.view("<c16") if _complex(a.name) else v

    def answer(self, make: Any, a: Any, result: Any) -> Any:
        """Writes a result where the request wants it, unless it was computed there, and returns the reply's array, which ``make`` makes."""
        whole = np.ascontiguousarray(result, dtype="<c16" if _complex(a.name) else _dtype(a.name))
        v = whole.reshape(-1).view(_dtype(a.name))
        if a.length and len(v) != a.length:
            raise Error(f"{a.name or 'the result'} has {len(v)} numbers, want {a.length}", kind="plugin")
        if a.WhichOneof("place") == "offset":
            place = self._view(a, _dtype(a.name))
            if place.ctypes.data != v.ctypes.data:
                place[:] = v
            return make(name=a.name, length=len(v))
        return make(name=a.name, length=len(v), data=v.tobytes())


def shaped(v: np.ndarray, name: str, shape: Tuple[int, ...]) -> np.ndarray:
    """A column as an array of configurations: one axis of them, then that of the space for columns like x, or of particles."""
    if name.split("@")[0] == "k":
        return v.reshape(-1, shape[0])
    return v.reshape((-1, *shape)) if name.split("@")[0] in WIDE else v
