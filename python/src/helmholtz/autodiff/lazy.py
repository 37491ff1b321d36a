"""Libraries that are imported when they are first used: a plugin is described without them."""

from __future__ import annotations

from typing import Any, Callable


class Lazy:
    """A module that is imported, by ``load`` of its name, with its first attribute."""

    def __init__(self, name: str, load: Callable[[str], Any]) -> None:
        self._name, self._load = name, load

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(self._load(self._name), attribute)

    def __repr__(self) -> str:
        return f"<{self._name}, imported when it is used>"
