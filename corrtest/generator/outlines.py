"""Structures of letters and e-mails: in which order they say things, and how much for a length that is wanted.

A structure is a line of moves (`opening`, `task`, …) with bars between paragraphs. ``move?`` may be left out, ``move+``
may come up to three times, ``move*`` may do either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corrtest.generator.grammar import Move

__all__ = ["Measured", "Outline", "Slot", "Structure", "measured", "read_structure", "written_out"]

MOST_REPEATS = 3

# The moves of each paragraph.
Outline = list[list[str]]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a structure: the move, and how often it comes at least and at most."""

    move: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Structure:
    """An order of moves, in paragraphs; `key` is the line that describes it."""

    key: str
    paragraphs: tuple[tuple[Slot, ...], ...]

    def names(self, move: str) -> bool:
        """Tell whether a move is among its places."""
        return any(slot.move == move for part in self.paragraphs for slot in part)


@dataclass(frozen=True, slots=True)
class Measured:
    """A structure with the mean lengths of its places in characters (0 = cannot be filled), and in all."""

    structure: Structure
    slots: tuple[Slot, ...]
    lengths: tuple[float, ...]
    least: float
    most: float

    def filled(self, target: float, choices: Iterable[float]) -> Outline:
        """Return so many moves that their mean lengths come to the length wanted.

        Parameters
        ----------
        choices : iterable of float
            Uniforms in [0, 1): which place is filled next.
        """
        counts, total = [slot.least for slot in self.slots], self.least
        for draw in choices:
            # What was not said at all goes before what is said once more.
            free = [n for n, count in enumerate(counts) if not count and self.lengths[n]] or [
                n for n, slot in enumerate(self.slots) if counts[n] < slot.most and self.lengths[n]
            ]
            if not free:
                break
            chosen = free[int(draw * len(free))]
            if total + self.lengths[chosen] / 2 > target:
                break
            counts[chosen] += 1
            total += self.lengths[chosen]
        outline, place = [], 0
        for part in self.structure.paragraphs:
            outline.append([slot.move for n, slot in enumerate(part, start=place) for _ in range(counts[n])])
            place += len(part)
        return [moves for moves in outline if moves]


def read_structure(text: str) -> Structure:
    """Return the structure that a line describes; a paragraph without moves stays in it, for the reader to refuse."""
    return Structure(key=text, paragraphs=tuple(tuple(map(_slot, part.split())) for part in text.split("|")))


def _slot(text: str) -> Slot:
    move, mark = (text[:-1], text[-1]) if text[-1] in "?+*" else (text, "")
    return Slot(move=move, least=int(mark not in ("?", "*")), most=MOST_REPEATS if mark in ("+", "*") else 1)


def measured(structures: Iterable[Structure], moves: Mapping[str, Move]) -> tuple[Measured, ...]:
    """Return the structures whose required moves can all be filled, with their lengths."""
    found = []
    for structure in structures:
        slots = tuple(slot for part in structure.paragraphs for slot in part)
        # With the space after each sentence.
        lengths = tuple(moves[slot.move].length + 1 if slot.move in moves else 0.0 for slot in slots)
        if all(length or not slot.least for slot, length in zip(slots, lengths, strict=True)):
            least, most = (
                sum(getattr(slot, end) * length for slot, length in zip(slots, lengths, strict=True))
                for end in ("least", "most")
            )
            found.append(Measured(structure, slots, lengths, least, most))
    return tuple(found)


def written_out(outline: Sequence[Sequence[str]]) -> str:
    """Return an outline as a line that describes it."""
    return " | ".join(" ".join(part) for part in outline)
