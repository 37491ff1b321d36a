"""Typed keys: the annotations of a class are the keys of its table in the run file."""

from __future__ import annotations

import collections.abc
import dataclasses
import inspect
import math
import numbers
import re
import typing
from typing import Any, Dict, Mapping, Optional, Sequence, Union

import numpy as np

from .errors import Error

_MISSING = object()
_TYPES = {bool: "bool", int: "int", float: "float", str: "string"}
_RESERVED = {"plugin", "path", "sha256", "version", "average", "precision"}
_TAKEN = "the name {0!r} is an attribute of helmholtz's own class; call yours otherwise, and give it hh.key(name={0!r})"


@dataclasses.dataclass(frozen=True)
class Key:
    """A key of a part, as :func:`key` makes it; ``attribute`` holds its value in the instance."""

    default: Any = _MISSING
    min: Optional[float] = None
    max: Optional[float] = None
    above: Optional[float] = None
    below: Optional[float] = None
    choices: Optional[Sequence[str]] = None
    unit: str = ""
    help: str = ""
    file: bool = False
    only: Optional[Mapping[str, Any]] = None
    name: str = ""
    attribute: str = ""
    type: str = ""

    @property
    def required(self) -> bool:
        return self.default is _MISSING

    def document(self) -> Dict[str, Any]:
        """The key as the host reads it (docs/wire.md, section 2)."""
        d: Dict[str, Any] = {"name": self.name, "type": self.type, "help": self.help or self.name,
                             "default": None if self.required else self.check(self.default)}
        if self.required:
            d["required"] = True
        for field in ("min", "max", "above", "below", "choices", "unit", "file", "only"):
            value = getattr(self, field)
            if not (value is None or value is False or value == ""):  # bounds may be 0
                d[field] = list(value) if field == "choices" else float(value) if isinstance(value, np.generic) else value
        return d

    def check(self, value: Any) -> Any:
        """The value as the key's type, or an :class:`Error` that names the key."""
        value = _convert(value, self.type, self.name)
        for v in value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]:
            self._bounds(v)
        return value

    def _bounds(self, v: Any) -> None:
        if isinstance(v, str):
            if self.choices and v not in self.choices:
                raise Error(f"must be one of {', '.join(self.choices)}, got {v!r}", subject=self.name)
            return
        for bound, bad, words in ((self.min, lambda b: v < b, "at least"), (self.max, lambda b: v > b, "at most"),
                                  (self.above, lambda b: v <= b, "above"), (self.below, lambda b: v >= b, "below")):
            if bound is not None and bad(bound):
                raise Error(f"must be {words} {bound}, got {v}", subject=self.name)


def key(default: Any = _MISSING, *, min: Optional[float] = None, max: Optional[float] = None,
        above: Optional[float] = None, below: Optional[float] = None, choices: Optional[Sequence[str]] = None,
        unit: str = "", help: str = "", file: bool = False, only: Optional[Mapping[str, Any]] = None,
        name: str = "") -> Any:
    """A key of the part's table in a run file; without a default it is required.

    >>> class Chain(Energy):
    ...     N: int = key(min=2, max=10**6, help="sites")
    ...     J: float = key(1.0, unit="J", help="coupling; positive is ferromagnetic")

    :param min, max: bounds, inclusive; ``above`` and ``below`` are exclusive
    :param choices: the strings that are allowed
    :param unit: unit of the value, nothing for a pure number
    :param help: one line for the user
    :param file: the string names a file; a relative one is taken from the run file's folder
    :param only: ``{"key": K, "values": [...]}``: it has an effect where key K has one of these
    :param name: the key in the run file where it is no Python name, such as ``lambda``
    """
    return Key(default, min, max, above, below, choices, unit, help, file, only, name)


def keys_of(cls: type) -> Dict[str, Key]:
    """The keys of a class by their names in the run file, base classes' first."""
    hints = typing.get_type_hints(cls)
    found: Dict[str, Key] = {}
    for c in reversed(cls.__mro__):
        if c is object or "_library" in c.__dict__:
            continue
        for attribute, value in c.__dict__.items():
            if isinstance(value, Key) and attribute not in _annotations(c):
                raise TypeError(f"{cls.__name__}.{attribute} is a key without a type: write {attribute}: float = hh.key(..), or another type")
        for attribute in _annotations(c):
            if attribute.startswith("_") or typing.get_origin(hints[attribute]) is typing.ClassVar:
                continue
            k = _key_of(cls, c, attribute, hints[attribute])
            if k.name in found and found[k.name].attribute != attribute:
                raise TypeError(f"{cls.__name__} has two keys {k.name!r}")
            found[k.name] = k
    return found


def _annotations(c: type) -> Mapping[str, Any]:
    if hasattr(inspect, "get_annotations"):
        return inspect.get_annotations(c)
    return c.__dict__.get("__annotations__", {})


def _key_of(cls: type, c: type, attribute: str, hint: Any) -> Key:
    for base in cls.__mro__:
        if "_library" in base.__dict__ and hasattr(base, attribute) and not issubclass(base, c):
            raise TypeError(f"{cls.__name__}: " + _TAKEN.format(attribute))
    given = c.__dict__.get(attribute, _MISSING)
    k = given if isinstance(given, Key) else Key(given)
    name = k.name or attribute
    if name in _RESERVED or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise TypeError(f"{cls.__name__}: a key cannot be called {name!r}")
    k = dataclasses.replace(k, name=name, attribute=attribute, type=_type_of(cls, attribute, hint))
    if not k.required:
        try:
            k.check(k.default)
        except Error as e:
            raise TypeError(f"{cls.__name__}: the default of {e}") from None
    return k


def _type_of(cls: type, attribute: str, hint: Any) -> str:
    if hint in _TYPES:
        return _TYPES[hint]
    if typing.get_origin(hint) in (list, collections.abc.Sequence):
        inner = typing.get_args(hint)
        if inner in ((float,), (str,)):
            return _TYPES[inner[0]] + "s"
    if typing.get_origin(hint) in (dict, collections.abc.Mapping) and typing.get_args(hint) == (str, float):
        return "table"
    raise TypeError(f"{cls.__name__}.{attribute} is annotated {hint!r}; keys are bool, int, float, str, List[float], List[str] or Dict[str, float]")


def _convert(value: Any, kind: str, name: str) -> Any:
    if kind in ("floats", "strings"):
        if isinstance(value, (str, bytes)) or not isinstance(value, collections.abc.Iterable):
            raise Error(f"must be an array, got {value!r}", subject=name)
        return [_convert(v, kind[:-1], name) for v in value]
    if kind == "table":
        if not isinstance(value, collections.abc.Mapping):
            raise Error(f"must be a table of numbers, got {value!r}", subject=name)
        return {k: _convert(v, "float", f"{name}.{k}") for k, v in value.items()}
    truth = isinstance(value, (bool, np.bool_))
    number = isinstance(value, numbers.Real) and not truth  # those of NumPy, too
    if kind == "float" and number and math.isfinite(value):
        return float(value)
    if kind == "int" and number and math.isfinite(value) and value == int(value):
        return int(value)
    if kind == "bool" and truth:
        return bool(value)
    if kind == "string" and isinstance(value, str):
        return str(value)
    words = {"float": "a number", "int": "an integer", "bool": "true or false", "string": "a string"}
    raise Error(f"must be {words[kind]}, got {value!r}", subject=name)


def complete(cls: type, given: Mapping[str, Any]) -> Dict[str, Any]:
    """Attributes and values of all keys of a class: those given, by name or attribute, and defaults."""
    values, left = {}, dict(given)
    for k in keys_of(cls).values():
        value: Union[Any, object] = left.pop(k.name, left.pop(k.attribute, _MISSING))
        if value is _MISSING and k.required:
            raise Error(f"is required: {k.help or k.name}", subject=k.name)
        values[k.attribute] = k.check(k.default if value is _MISSING else value)
    if left:
        known = ", ".join(keys_of(cls)) or "none"
        raise Error(f"is not a known key of {cls.__name__}", f"its keys: {known}", subject=next(iter(left)))
    return values
