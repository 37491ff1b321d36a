#!/usr/bin/env python3
"""Prints docs/python-reference.md: what the package offers, from its docstrings.

    python3 python/reference.py > docs/python-reference.md
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from pathlib import Path
from typing import Any, Iterator, List, Tuple

sys.path.insert(0, str(Path(__file__).parent / "src"))

# What answers the host, by docs/wire.md; authors need none of them.
HOST = {"manifest", "spec", "rows", "shape", "is_bitwise", "start", "parameter_blocks", "load", "draw_batch", "notices", "walk", "checked"}
MODULES = ["helmholtz", "helmholtz.noise", "helmholtz.jax", "helmholtz.torch", "helmholtz.engines"]
HEAD = """# Reference of the Python package

Made from the docstrings by `make python-reference`. [python.md](python.md) is the way in; the distribution is
`helmholtz-physics`, `import helmholtz as hh`.
"""


def main() -> None:
    print(HEAD)
    for name in MODULES:
        print("\n".join(module(name)))


def module(name: str) -> Iterator[str]:
    """A module: its own text, where it is not the package, and all that it offers, classes first."""
    m = importlib.import_module(name)
    yield f"## {name}\n"
    if name != "helmholtz":
        yield markdown(inspect.getdoc(m) or "") + "\n"
    offered = [(n, getattr(m, n)) for n in getattr(m, "__all__", public(m))]
    for n, thing in sorted(offered, key=lambda o: (not inspect.isclass(o[1]), o[0].lower())):
        if inspect.isclass(thing):
            yield from of_class(name, n, thing)
        elif inspect.isroutine(thing):
            yield from entry("###", f"{name}.{n}{signature(thing)}", thing)


def public(m: Any) -> List[str]:
    return [n for n, thing in vars(m).items() if not n.startswith("_") and getattr(thing, "__module__", None) == m.__name__]


def of_class(module_name: str, name: str, cls: Any) -> Iterator[str]:
    """A class: its text, and what it and its bases let their users call or write."""
    yield from entry("###", f"class {module_name}.{name}", cls)
    bases = [b for b in cls.__mro__[1:] if b.__module__.startswith("helmholtz") and documents_attributes(b)]
    for base in bases:
        yield markdown(attributes(base)) + "\n"
    for n, member in methods(cls):
        yield from entry("####", f"{n}{signature(member)}", member)


def documents_attributes(cls: Any) -> bool:
    return ":ivar" in (cls.__dict__.get("__doc__") or "")


def attributes(cls: Any) -> str:
    """The lines of a docstring on attributes, with what introduces them."""
    paragraphs = inspect.cleandoc(cls.__doc__).split("\n\n")
    first = next(i for i, p in enumerate(paragraphs) if ":ivar" in p)
    lead = [paragraphs[first - 1]] if first > 0 and paragraphs[first - 1].rstrip().endswith(":") else []
    return "\n\n".join(lead + [p for p in paragraphs[first:] if ":ivar" in p])


def methods(cls: Any) -> List[Tuple[str, Any]]:
    """Public methods with a text, those of bases too, in the order in which they are written."""
    found: List[Tuple[str, Any]] = []
    for base in cls.__mro__:
        if not base.__module__.startswith("helmholtz"):
            continue
        for n, member in base.__dict__.items():
            member = member.__func__ if isinstance(member, (classmethod, staticmethod)) else member
            if not n.startswith("_") and n not in HOST and inspect.isfunction(member) and member.__doc__ and n not in dict(found):
                found.append((n, member))
    return found


def signature(thing: Any) -> str:
    """Parameters without self, with types as they are written; a default without a text of its own is ``...``, a module its name."""
    s = inspect.signature(thing)
    parameters = [p for n, p in s.parameters.items() if n not in ("self", "cls")]
    text = re.sub(r"<module '([\w.]+)' from [^>]*>", r"\1", str(s.replace(parameters=parameters)))
    text = re.sub(r"<[^<>]* at 0x\w+>", "...", text)
    return re.sub(r"typing\.|numpy\.|~", "", text).replace("'", "")


def entry(level: str, title: str, thing: Any) -> Iterator[str]:
    yield f"{level} `{title}`\n"
    yield markdown(inspect.getdoc(thing) or "") + "\n"


def markdown(text: str) -> str:
    """Docstrings are reStructuredText of few kinds: roles, fields, double quotes, examples and literal blocks."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    lines: List[str] = []
    code = False
    for line in text.split("\n"):
        field = re.match(r":(?:ivar|param|raises) ?([^:]*): ?(.*)", line)
        doctest = line.startswith((">>>", "..."))
        if doctest != code:
            lines.append("```python" if doctest else "```")
            code = doctest
        if doctest:
            lines.append(line[4:])
        elif field:
            lines.append(f"- `{field[1]}`: {field[2]}")
        else:
            lines.append(line)
    if code:
        lines.append("```")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
