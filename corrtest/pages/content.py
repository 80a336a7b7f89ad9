"""A document as plain content: chapters of blocks, one tree per language, that every format renders alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

CalloutKind: TypeAlias = Literal["simulated", "notice", "hidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table: the text that a reader sees, and the number behind it where there is one."""

    text: str
    value: float | None = None
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's header, and whether its cells are numbers."""

    header: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text; `lead` is set larger, `finding` is the plain sentence of a result."""

    text: str
    role: Literal["body", "lead", "finding"] = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading inside a chapter."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """An unordered list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """A framed remark."""

    kind: CalloutKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One key figure of the summary."""

    title: str
    figure: str
    caption: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """The key figures of the summary, side by side where there is room."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column names the row."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing as SVG, with what it shows in words for who cannot see it."""

    name: str
    svg: str
    caption: str
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names and values, one below the other."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Fields to fill in on paper or in the editable summary: a question and a hint."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of running text, marked or not; it may hold line ends."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Two texts next to each other, each under its title, with what they share marked."""

    titles: tuple[str, str]
    left: tuple[Span, ...]
    right: tuple[Span, ...]


Block: TypeAlias = Paragraph | Heading | Bullets | Callout | Cards | Table | Figure | Facts | Fields | SideBySide


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One chapter; `name` is its stable English name in every language."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole document in one language; a letter or leaflet has neither contents nor chapter numbers.

    `word_chapters` names the chapters that the editable Word file holds; None: all of them.
    """

    language: str
    title: str
    subtitle: str
    simulated: str
    contents_title: str
    chapters: tuple[Chapter, ...]
    numbered: bool = True
    footer: str = ""
    word_chapters: tuple[str, ...] | None = None
