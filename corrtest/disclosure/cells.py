"""The cells of a report without their outcomes: what is hidden or shown together, and what left of it before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corrtest.analysis import GroupResult
from corrtest.disclosure.complement import Cells, complementary
from corrtest.disclosure.margins import CellKey, cell_key, relations
from corrtest.disclosure.noise import fingerprint
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import Suppression
from corrtest.disclosure.releaselog import EarlierCell

Earlier = Mapping[CellKey, Sequence[EarlierCell]]


def keys_of(group: GroupResult, extra: Sequence[str]) -> dict[str, str | None]:
    """Return the grouping fields of a group, the `extra` ones and the outcome included."""
    return {
        "sector": group.sector,
        "joint_committee": group.joint_committee,
        "criterion": group.criterion,
        "level": group.level,
        **{name: group.extra.get(name) for name in extra},
        "outcome": group.outcome,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCells:
    """The cells, each with its pairs, employers and the fingerprint of its figures; `of_group` = each group's cell."""

    keys: tuple[dict[str, str | None], ...]
    pairs: tuple[int, ...]
    employers: tuple[int | None, ...]
    fingerprints: tuple[str, ...]
    of_group: tuple[int, ...]

    @classmethod
    def of(
        cls,
        groups: Sequence[GroupResult],
        keys: Sequence[Mapping[str, str | None]],
        secret: bytes,
        *,
        noise: Sequence[str],
        wave: str | None,
        employers_known: bool,
        besides: Sequence[Mapping[str, Any]] = (),
    ) -> ReportCells:
        """Make the cells of `groups`.

        Parameters
        ----------
        secret : bytes
            Of the fingerprints.
        noise : sequence of str
            What tells the noise on each group from that of another release; empty without noise.
        besides : sequence of mappings
            Further figures of each group, so that a change in them counts.
        """
        places: dict[CellKey, int] = {}
        cells: list[dict[str, str | None]] = []
        pairs, employers, of_group = [], [], []
        marks: list[hashlib._Hash] = []
        for position, (group, own) in enumerate(zip(groups, keys, strict=True)):
            without = {**{name: value for name, value in own.items() if name != "outcome"}, "wave": wave}
            place = places.setdefault(cell_key(without), len(cells))
            if place == len(cells):
                cells.append(without)
                pairs.append(group.pairs)
                employers.append(group.employers if employers_known else group.pairs)
                marks.append(hashlib.sha256())
            figures = {**group.counts.as_dict(), **(besides[position] if besides else {})}
            marks[place].update(fingerprint(secret, own, figures, f"release log {noise[position]}"))
            of_group.append(place)
        return cls(
            keys=tuple(cells),
            pairs=tuple(pairs),
            employers=tuple(employers),
            fingerprints=tuple(mark.hexdigest()[:32] for mark in marks),
            of_group=tuple(of_group),
        )

    def groups_at(self, place: int) -> list[int]:
        """Return the groups of a cell: one an outcome."""
        return [position for position, at in enumerate(self.of_group) if at == place]

    def first_or_same(self, position: int, earlier: Earlier) -> bool:
        """Say whether the cell of a group never left before, or left with the very same figures each time."""
        place = self.of_group[position]
        before = earlier.get(cell_key(self.keys[place]), ())
        return all(cell.fingerprint == self.fingerprints[place] for cell in before)

    def repeated(self, place: int, earlier: Earlier, policy: Policy) -> Suppression | None:
        """Return why a cell may not leave beside what left before, or None."""
        before = earlier.get(cell_key(self.keys[place]), ())
        others = [cell for cell in before if cell.fingerprint != self.fingerprints[place]]
        if len(before) > len(others):
            return None  # the very same figures left before
        for cell in others:
            if 0 < abs(cell.pairs - self.pairs[place]) < policy.min_pairs:
                return Suppression(rule="earlier_release")
        # Noise is paid from a budget, which the first release has spent.
        if len(others) >= (policy.releases_per_cell if policy.exact else 1):
            return Suppression(rule="released_often", facts={"times": len(others)})
        return None

    def complement(
        self, hidden: Mapping[int, Suppression], earlier: Earlier, policy: Policy, *, arms: int = 1
    ) -> frozenset[int]:
        """Return the further cells to hide; a sum must hold the least pairs and employers for each of its `arms`."""
        here = {cell_key(keys): place for place, keys in enumerate(self.keys)}
        known = {place for key, place in here.items() if earlier.get(key)}
        keys, pairs, employers = list(self.keys), list(self.pairs), list(self.employers)
        names = set(keys[0])
        for key, before in earlier.items():
            if key not in here and {name for name, _ in key} == names:
                known.add(len(keys))
                keys.append(dict(key))
                pairs.append(before[-1].pairs)
                employers.append(before[-1].employers)
        chosen = complementary(
            Cells(
                pairs=pairs,
                employers=[0 if number is None else number for number in employers],
                primary=frozenset(self.of_group[position] for position in hidden),
                known=frozenset(known),
            ),
            relations(keys, pairs),
            arms * policy.min_pairs,
            arms * policy.min_employers,
        )
        return frozenset(place for place in chosen if place < len(self.keys))

    def shown(self, hidden: Mapping[int, Suppression]) -> list[EarlierCell]:
        """Return what leaves, as the log remembers it."""
        closed = {self.of_group[position] for position in hidden}
        return [
            EarlierCell(
                keys=self.keys[place],
                pairs=self.pairs[place],
                employers=self.employers[place],
                fingerprint=self.fingerprints[place],
            )
            for place in range(len(self.keys))
            if place not in closed
        ]


def spread_over_outcomes(of_group: Sequence[int], hidden: dict[int, Suppression]) -> None:
    """Hide every cell whose twin for another outcome is hidden."""
    first: dict[int, Suppression] = {}
    for position, suppression in hidden.items():
        first.setdefault(of_group[position], suppression)
    for position, place in enumerate(of_group):
        if place in first and position not in hidden:
            rule = first[place].rule
            hidden[position] = Suppression(rule="companion") if rule == "all_or_nothing" else first[place]
