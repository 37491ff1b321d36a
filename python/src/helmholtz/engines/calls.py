"""Calls that a run file may name: ``LennardJones(sigma=1, rc=1.4)``. Arguments are literals, so nothing is executed but the call."""

from __future__ import annotations

import ast
import inspect
from typing import Any, Dict, List, NamedTuple, Set, Tuple

from ..errors import Error


class Named(NamedTuple):
    """A function by its dotted name, and its arguments."""

    name: str
    positional: List[Any]
    keywords: Dict[str, Any]


def read(text: str, subject: str) -> Named:
    """The call that a key's text says; a name alone is a call without arguments."""
    try:
        node: Any = ast.parse(text.strip(), mode="eval").body
        function, arguments, keywords = (node.func, node.args, node.keywords) if isinstance(node, ast.Call) else (node, [], [])
        if len({k.arg for k in keywords}) < len(keywords):
            raise ValueError("an argument is there twice")
        return Named(_dotted(function), [ast.literal_eval(a) for a in arguments], dict(_keyword(k) for k in keywords))
    except (SyntaxError, ValueError, AttributeError):
        raise Error(f"cannot be read: {text!r}", "write a name, or a call with numbers and texts as arguments: Name(a=1.4, b='text')", subject=subject) from None


def arguments(cls: type) -> Set[str]:
    """The names of arguments that a class and its bases take."""
    found: Set[str] = set()
    for c in cls.__mro__:
        if "__init__" in c.__dict__ and c is not object:
            found.update(n for n, p in inspect.signature(c.__init__).parameters.items() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))
    return found - {"self"}


def _dotted(node: Any) -> str:
    return node.id if isinstance(node, ast.Name) else f"{_dotted(node.value)}.{node.attr}"


def _keyword(k: ast.keyword) -> Tuple[str, Any]:
    if k.arg is None:
        raise ValueError("**")
    return k.arg, ast.literal_eval(k.value)
