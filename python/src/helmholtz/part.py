"""What energies, models, observers and objectives have in common."""

from __future__ import annotations

import re
from typing import Any, Callable, ClassVar, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import Error
from .keys import complete, keys_of
from .shares import Place


class Call:
    """One call of the protocol: which row, about which configurations.

    :ivar row: name of the row, such as ``"evaluate"``
    :ivar place: which configurations of a whole these are
    :ivar columns: arrays by name: one axis of n configurations, then that of the space
        for columns like x; read-only, valid during the call alone
    :ivar bars: cotangents, likewise
    :ivar places: for results, arrays like the columns where the host wants them; those that go into the reply are not there
    :ivar beta: inverse temperature of the row ``exact``
    :ivar seed, first: of the draw that ``path_pull`` is about: its seed, and the number in it of
        the first configuration
    """

    def __init__(self, row: str, place: Place, columns: Mapping[str, np.ndarray], bars: Mapping[str, np.ndarray],
                 beta: float = 0.0, seed: int = 0, first: int = 0, places: Optional[Mapping[str, np.ndarray]] = None) -> None:
        self.row, self.place, self.columns, self.bars, self.places = row, place, columns, bars, places or {}
        self.beta, self.seed, self.first = beta, seed, first

    def __getitem__(self, column: str) -> np.ndarray:
        try:
            return self.columns[column]
        except KeyError:
            raise Error(f"the call {self.row} came without {column}", kind="plugin") from None

    def bar(self, column: str) -> np.ndarray:
        try:
            return self.bars[column]
        except KeyError:
            raise Error(f"the call {self.row} came without a cotangent of {column}", kind="plugin") from None

    def room(self, column: str, shape: Tuple[int, ...]) -> np.ndarray:
        """An array for a result: the host's place for it if it has that shape, which saves a copy, or a new one."""
        place = self.places.get(column)
        return place if place is not None and place.shape == shape else np.empty(shape)


#: what answers a row: arrays by the names of their columns
Answer = Callable[[Call], Dict[str, Any]]


class Part:
    """Base of all parts. A subclass's annotations are the keys of its table in the run file.

    Class attributes:

    :cvar name: what run files call it; by default the class's name in small letters
    :cvar version: of the part, as in semver.org
    :cvar reference: where the idea comes from
    :cvar bitwise: equal calls give equal digits, and a configuration has the same in any batch; where energies and models
        cannot promise that, False, and runs say so
    """

    _library: ClassVar[bool] = True
    kind: ClassVar[str] = ""
    name: ClassVar[str] = ""
    version: ClassVar[str] = "0.1.0"
    reference: ClassVar[str] = ""
    spaces: ClassVar[Sequence[str]] = ()
    bitwise: bool = True

    def __init__(self, **settings: Any) -> None:
        for attribute, value in complete(type(self), settings).items():
            setattr(self, attribute, value)
        self.setup()

    def setup(self) -> None:
        """Called once when all keys are set: the place for checks of several keys, and for tables."""

    @classmethod
    def part_name(cls) -> str:
        return cls.name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def manifest(cls) -> Dict[str, Any]:
        """The description that the host reads before the part is started (docs/wire.md, section 2)."""
        summary = " ".join((cls.__dict__.get("__doc__") or cls.part_name()).strip().split("\n\n")[0].split())
        m: Dict[str, Any] = {"kind": cls.kind, "name": cls.part_name(), "version": cls.version, "summary": summary,
                             "params": [k.document() for k in keys_of(cls).values()]}
        if cls.reference:
            m["reference"] = cls.reference
        if cls.spaces:
            m["spaces"] = names(cls, "spaces")
        return m

    def spec(self) -> Dict[str, Any]:
        """What the opened part says of itself (docs/wire.md, section 3)."""
        raise NotImplementedError

    def rows(self) -> Dict[str, Answer]:
        """The calls that it answers."""
        raise NotImplementedError

    def shape(self) -> Tuple[int, ...]:
        """Shape of one configuration."""
        raise NotImplementedError

    def is_bitwise(self) -> bool:
        """Whether equal calls give equal digits, and a configuration the same in any batch."""
        return self.bitwise

    def _digits(self) -> Dict[str, Any]:
        """What the spec of an energy or a model says of that."""
        return {} if self.is_bitwise() else {"not_bitwise": True}

    def _overrides(self, method: str) -> bool:
        """Whether the author wrote a method that the library leaves to the author."""
        return not getattr(getattr(type(self), method), "_left_open", False)

    def _optional(self, attributes: Sequence[str]) -> Dict[str, Any]:
        """Attributes for a spec: those that are there and are not zero."""
        found = {}
        for name in attributes:
            value = getattr(self, name)
            if name in _LISTS:
                value = names(self, name)
            elif isinstance(value, (tuple, list, np.ndarray)):
                value = np.asarray(value).ravel().tolist()
            if value:
                found[name] = value
        return found


#: attributes of specs that are lists of texts
_LISTS = ("symmetries", "warnings")


def names(part: Any, attribute: str) -> List[str]:
    """An attribute that is a list of texts. One text alone is a common slip, ("z2") for ("z2",), and would be read letter by letter."""
    value = getattr(part, attribute)
    if not isinstance(value, str) and isinstance(value, Iterable) and all(isinstance(v, str) for v in value):
        return [str(v) for v in value]
    cls = part if isinstance(part, type) else type(part)
    like = f"({value!r},)" if isinstance(value, str) else 'as ("z2", "translation")'
    raise Error(f"{cls.__name__}.{attribute} is {value!r}, want a list or tuple of texts", f"write {like}", kind="plugin")


def left_open(method: Callable[..., Any]) -> Callable[..., Any]:
    """Marks a method that the author may write, and whose absence means a power less."""
    method._left_open = True  # type: ignore[attr-defined]
    return method


def numbers(what: str, value: Any, shape: Tuple[int, ...], part: Optional[Part] = None) -> np.ndarray:
    """The author's result as float64 of the shape that it must have, or an error that says what it has."""
    where = f"{type(part).__name__}.{what}" if part is not None else what
    if value is None:
        raise Error(f"{where} returned nothing", "is there a return?", kind="plugin")
    if np.ma.is_masked(value):
        raise Error(f"{where} has {np.ma.count_masked(value)} masked numbers, want a number everywhere", kind="plugin")
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise Error(f"{where} is an array of {array.dtype}, want real numbers", kind="plugin")
    if array.shape != shape:
        hint = "one number of each configuration, the total of it" if len(shape) == 1 else ""
        raise Error(f"{where} has the shape {array.shape}, want {shape}", hint, kind="plugin")
    return np.ascontiguousarray(array, dtype=np.float64)


def named(what: str, value: Any, known: Sequence[str], part: Part) -> Mapping[str, Any]:
    """The author's result as a mapping that has all that it must have, by these names, and nothing else: a slip in a name is both."""
    where = f"{type(part).__name__}.{what}"
    if value is None:
        raise Error(f"{where} returned nothing", "is there a return?", kind="plugin")
    if not isinstance(value, Mapping):
        raise Error(f"{where} is a {type(value).__name__}, want a dictionary with {', '.join(map(repr, known))}", kind="plugin")
    for wrong, words in ((set(known) - set(value), "has no"), (set(value) - set(known), "has")):
        if wrong:
            raise Error(f"{where} {words} {', '.join(sorted(map(repr, wrong)))}", f"it is to have {', '.join(map(repr, known))}", kind="plugin")
    return value


def several(what: str, value: Any, count: int, part: Part) -> List[Any]:
    """The author's result as a tuple of that many arrays."""
    if not isinstance(value, (tuple, list)) or len(value) != count:
        got = f"{len(value)} of them" if isinstance(value, (tuple, list)) else type(value).__name__
        raise Error(f"{type(part).__name__}.{what} must return {count} arrays, got {got}", kind="plugin")
    return list(value)
