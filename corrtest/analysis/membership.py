"""Which pairs stand in which cell: what disclosure control needs to see how tables and releases overlap.

Pairs and employers are tokens here: short digests that join a study's own files to each other, and name nobody. The
file that holds them is internal, as the results are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.odd_reactions import odd_rows
from corrtest.analysis.read import AnswersTable, ApplicationsTable, StudyTable

# 48 bits: of a million pairs two have the same token once in 560 studies, of 36,000 once in 400,000.
_DIGITS = 12
# A table of more rows than this is no sector's measurement; its groups then are what overlaps are computed from.
MOST_ROWS = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """The pairs that have the same values of all grouping fields, each with its employer (None: not known)."""

    values: tuple[str | None, ...]
    pairs: tuple[str, ...]
    employers: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The atoms of a table: each group of each margin is a union of them, less odd pairs where those are left out.

    Attributes
    ----------
    fields : tuple of str
        Grouping fields, in the order of each atom's values.
    odd : tuple of str
        Tokens of the pairs that got an odd reaction.
    treated : tuple of str or None
        Where each vacancy got one application: tokens of those of the treated arm. None for pairs.
    """

    fields: tuple[str, ...]
    atoms: tuple[Atom, ...]
    odd: tuple[str, ...] = ()
    treated: tuple[str, ...] | None = None

    @classmethod
    def of(cls, table: StudyTable | AnswersTable, fields: Sequence[str]) -> Membership | None:
        """Return the membership of a table by the columns `fields`; None where the table is too large for it."""
        if len(table) > MOST_ROWS:
            return None
        frame = table.frame
        words = [frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in fields]
        pairs = _tokens(table.pair_ids) if table.pair_ids is not None else _of_content(frame)
        employers = _tokens(frame["employer"]) if "employer" in frame else None
        made = pd.DataFrame({str(number): column.to_numpy() for number, column in enumerate(words)})
        of = made.groupby(list(made.columns), sort=True).ngroup().to_numpy() if len(made.columns) else None
        of = np.zeros(len(frame), dtype=np.int64) if of is None else of
        order = np.lexsort((pairs, of))
        ends = np.flatnonzero(np.diff(of[order])) + 1
        atoms = []
        for rows in np.split(order, ends):
            atoms.append(
                Atom(
                    values=tuple(str(column.iloc[rows[0]]) or None for column in words),
                    pairs=tuple(pairs[rows]),
                    employers=None if employers is None else tuple(employers[rows]),
                )
            )
        return cls(
            fields=tuple(fields),
            atoms=tuple(atoms),
            odd=tuple(sorted(pairs[odd_rows(table)])),
            treated=tuple(sorted(pairs[cast(ApplicationsTable, table).treated])) if table.design.arms_apart else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the content as results.json has it: tokens in one text an atom, so that the file stays readable."""
        return {
            "fields": list(self.fields),
            "atoms": [
                {
                    "values": list(atom.values),
                    "pairs": " ".join(atom.pairs),
                    "employers": None if atom.employers is None else " ".join(atom.employers),
                }
                for atom in self.atoms
            ],
            "odd": " ".join(self.odd),
            "treated": None if self.treated is None else " ".join(self.treated),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Membership:
        """Read what `to_dict` wrote."""
        return cls(
            fields=tuple(content["fields"]),
            atoms=tuple(
                Atom(
                    values=tuple(atom["values"]),
                    pairs=tuple(atom["pairs"].split()),
                    employers=None if atom["employers"] is None else tuple(atom["employers"].split()),
                )
                for atom in content["atoms"]
            ),
            odd=tuple(content["odd"].split()),
            treated=None if content["treated"] is None else tuple(content["treated"].split()),
        )


def _tokens(values: pd.Series) -> npt.NDArray[np.object_]:
    """Return the token of each value: the end of its SipHash digest."""
    codes, words = pd.factorize(values)
    texts = np.array([*map(str, words), ""], dtype=object)
    digests = pd.util.hash_array(texts, categorize=False)
    return np.array([f"{int(digest):016x}"[-_DIGITS:] for digest in digests], dtype=object)[codes]


def _of_content(frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return tokens for rows without an identifier: of what the row says, and of its number among equal rows."""
    if not len(frame.columns):
        return _tokens(pd.Series(np.arange(len(frame)).astype(str)))
    digests = pd.util.hash_pandas_object(frame.astype(str), index=False)
    number = digests.groupby(digests).cumcount()
    return _tokens(digests.astype(str) + " " + number.astype(str))
