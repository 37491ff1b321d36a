"""Errors that the user of a run sees as if the part were one of Helmholtz's own."""

from __future__ import annotations

import os
import traceback

# The kinds say who has to act; their numbers cross the wire (docs/wire.md).
INTERNAL, INVALID, MISMATCH, UNSUPPORTED, PLUGIN, NUMERIC, STORAGE = range(7)

#: characters of the text of an exception that a user is shown: a screen; the log has all of it
_LONGEST = 2000

_KINDS = {"internal": INTERNAL, "invalid": INVALID, "mismatch": MISMATCH, "unsupported": UNSUPPORTED,
          "plugin": PLUGIN, "numeric": NUMERIC, "storage": STORAGE}


class Error(Exception):
    """What a part raises about its settings or its data.

    The user sees ``op: subject: text (hint)``.

    :param text: the cause
    :param hint: what the user can do
    :param kind: ``"invalid"`` (a setting or file), ``"mismatch"`` (two parts that
        do not fit), ``"unsupported"``, ``"plugin"``, ``"numeric"`` (NaN, out of
        range), ``"storage"`` or ``"internal"`` (a bug)
    :param subject: the key or file that it is about
    """

    def __init__(self, text: str, hint: str = "", *, kind: str = "invalid", subject: str = "") -> None:
        super().__init__(text)
        if kind not in _KINDS:
            raise ValueError(f"kind {kind!r} is none of {', '.join(_KINDS)}")
        self.text, self.hint, self.kind, self.subject = text, hint, kind, subject

    @property
    def number(self) -> int:
        """The number of the kind in the protocol."""
        return _KINDS[self.kind]

    def __str__(self) -> str:
        text = f"{self.subject}: {self.text}" if self.subject else self.text
        return f"{text} ({self.hint})" if self.hint else text


def lacks(part: object, method: str) -> Error:
    """The error for a method that the author has to write, and did not."""
    return Error(f"{type(part).__name__} has no method {method}", kind="plugin")


def unforeseen(e: BaseException) -> Error:
    """The error for an exception that nobody meant to raise, with the author's line as the hint."""
    frames = traceback.extract_tb(e.__traceback__)
    here = os.path.dirname(os.path.abspath(__file__))
    authors = [f for f in frames if not os.path.abspath(f.filename).startswith(here) and "site-packages" not in f.filename]
    where = (authors or frames)[-1:]
    hint = f"{os.path.basename(where[0].filename)}, line {where[0].lineno}; " if where else ""
    text = str(e) if len(str(e)) <= _LONGEST else str(e)[:_LONGEST] + " ..."
    return Error(f"{type(e).__name__}: {text}", hint + "the traceback is in the plugin's log", kind="internal")
