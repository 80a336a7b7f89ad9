"""Runs of words that two documents share: what copying looks like to a reader or to a program that compares texts.

A text is its set of runs of five words; a run ends where its line or its item of a list does.
Two people who write for themselves rarely share a run of ten words (Coulthard 2004, "Author identification, idiolect,
and linguistic uniqueness", Applied Linguistics 25). Compared exactly, all with all, as a product of sparse matrices.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["RUN", "SharedRuns", "marked", "runs_of", "shared_runs"]

# Words in a run.
RUN = 5
# Documents that are compared with all others at a time.
_ROWS = 500
# A line, or an item of a list on one line.
_PIECE = re.compile(r"[^\n|;·•]+")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRuns:
    """Pairs of documents that share runs: `one` and `other` (numbers of documents), how many, and their resemblance.

    Resemblance is the share of all their runs that both have (Broder 1997, "On the resemblance and containment of
    documents").
    """

    one: npt.NDArray[np.int64]
    other: npt.NDArray[np.int64]
    shared: npt.NDArray[np.int64]
    resemblance: npt.NDArray[np.float64]

    def closest(self, count: int) -> list[tuple[int, int, int, float]]:
        """Return (one, other, runs shared, resemblance) of the pairs that share most, most first."""
        order = np.lexsort((self.other, self.one, -self.shared))[:count]
        return [
            (int(self.one[at]), int(self.other[at]), int(self.shared[at]), float(self.resemblance[at])) for at in order
        ]


def _placed(text: str) -> list[list[tuple[str, int, int]]]:
    """Return the words of each line or item in small letters, with the places where they begin and end in the text."""
    return [
        [(each.group().lower(), each.start(), each.end()) for each in _WORD.finditer(text, piece.start(), piece.end())]
        for piece in _PIECE.finditer(text)
    ]


def runs_of(text: str) -> set[str]:
    """Return the runs of five words of a text.

    >>> sorted(runs_of("Ik werk al zes jaar als lasser\\nen lees plannen"))
    ['al zes jaar als lasser', 'ik werk al zes jaar', 'werk al zes jaar als']
    """
    return {
        " ".join(word for word, _, _ in line[at : at + RUN])
        for line in _placed(text)
        for at in range(len(line) - RUN + 1)
    }


def marked(text: str, runs: set[str]) -> list[tuple[str, bool]]:
    """Return a text in pieces, each with whether it is part of one of `runs`."""
    covered = np.zeros(len(text), dtype=bool)
    for line in _placed(text):
        for at in range(len(line) - RUN + 1):
            piece = line[at : at + RUN]
            if " ".join(word for word, _, _ in piece) in runs:
                covered[piece[0][1] : piece[-1][2]] = True
    edges = [0, *(np.flatnonzero(covered[1:] != covered[:-1]) + 1).tolist(), len(text)]
    return [(text[a:b], bool(covered[a])) for a, b in pairwise(edges) if a < b]


def shared_runs(texts: Sequence[str], least: int) -> SharedRuns:
    """Return all pairs of documents that share at least `least` (1 or more) runs."""
    numbers = [np.array(sorted({zlib.crc32(run.encode()) for run in runs_of(text)}), dtype=np.int64) for text in texts]
    sizes = np.array([len(each) for each in numbers], dtype=np.int64)
    values, columns = np.unique(np.concatenate(numbers) if numbers else np.empty(0, np.int64), return_inverse=True)
    places = np.concatenate([[0], np.cumsum(sizes)])
    ones = np.ones(len(columns), dtype=np.int32)
    matrix = sparse.csr_matrix((ones, columns, places), shape=(len(texts), len(values)))
    turned = matrix.T.tocsr()
    found = []
    for first in range(0, len(texts), _ROWS):
        product = (matrix[first : first + _ROWS] @ turned).tocoo()
        keep = (product.data >= least) & (product.row + first < product.col)
        found.append((product.row[keep] + first, product.col[keep], product.data[keep]))
    one, other, shared = (
        np.concatenate([each[at] for each in found] or [np.empty(0)]).astype(np.int64) for at in range(3)
    )
    together = sizes[one] + sizes[other] - shared
    return SharedRuns(one=one, other=other, shared=shared, resemblance=shared / together)
