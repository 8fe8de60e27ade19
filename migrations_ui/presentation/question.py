"""The shape of a question that is asked before something is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to know before answering."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """The text of one confirmation; `verb` is its button."""

    title: str
    verb: str
    points: tuple[Point, ...]
    dangerous: bool = False
    types_name: bool = True
