"""The cells of a report without their outcomes: the pairs of each, what hides or shows together, what left before."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corrtest.analysis import PAIRED, Counts, GroupResult, Membership, counts_of, design_of
from corrtest.disclosure.atoms import WITHOUT_ODD, Atoms, IntArray, Keys, Pairs, membership_of_groups
from corrtest.disclosure.complement import Cells, complementary
from corrtest.disclosure.margins import CellKey, cell_key
from corrtest.disclosure.noise import fingerprint, kinds_of
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import Suppression
from corrtest.disclosure.releaselog import EarlierCell, EarlierRelease
from corrtest.disclosure.rules import sensitive
from corrtest.errors import DisclosureError
from corrtest.language import say

Earlier = Mapping[CellKey, Sequence[EarlierCell]]
Shown = Mapping[str, tuple[tuple[int, ...], ...]]


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
    """The cells, each with its pairs, employers and the fingerprint of its figures; `of_group` = each group's cell.

    `sets` are the numbered pairs of each cell (one set, or one an arm), `employer_of` says whose each pair is.
    """

    keys: tuple[dict[str, str | None], ...]
    pairs: tuple[int, ...]
    employers: tuple[int | None, ...]
    of_group: tuple[int, ...]
    membership: Membership
    sets: tuple[tuple[IntArray, ...], ...]
    pairs_of_all: Pairs
    fingerprints: tuple[str, ...] = ()
    counts: tuple[Mapping[str, Counts], ...] = ()

    @classmethod
    def of(
        cls,
        groups: Sequence[GroupResult],
        keys: Sequence[Keys],
        *,
        wave: str | None,
        employers_known: bool,
        membership: Membership | None,
        left_out: bool = False,
        sizes_known: bool = True,
    ) -> ReportCells:
        """Make the cells of `groups`.

        Parameters
        ----------
        left_out : bool
            The groups leave out pairs with an odd reaction.
        sizes_known : bool
            The plan tells the groups' sizes; else they carry noise, and the sets of pairs are those of the plan.

        Raises
        ------
        DisclosureError
            The membership is not that of the groups.
        """
        numbered = Pairs()
        known = membership or membership_of_groups(groups, keys)
        members = numbered.add(known)
        places: dict[CellKey, int] = {}
        cells: list[dict[str, str | None]] = []
        pairs, employers, of_group, sets = [], [], [], []
        for group, own in zip(groups, keys, strict=True):
            without = {**{name: value for name, value in own.items() if name != "outcome"}, "wave": wave}
            if left_out:
                without[WITHOUT_ODD] = "yes"
            place = places.setdefault(cell_key(without), len(cells))
            if place == len(cells):
                cells.append(without)
                pairs.append(group.pairs)
                employers.append(group.employers if employers_known else group.pairs)
                sets.append(members.sets_of(without))
                if sizes_known and sum(map(len, sets[-1])) != group.pairs:
                    raise DisclosureError(
                        say(
                            "The results say of a group that it has {pairs} pairs, and name {named}. They were changed "
                            "by hand, or a column has empty cells: make them again with corrtest analyse.",
                            pairs=group.pairs,
                            named=sum(map(len, sets[-1])),
                        )
                    )
            of_group.append(place)
        return cls(
            keys=tuple(cells),
            pairs=tuple(pairs),
            employers=tuple(employers),
            of_group=tuple(of_group),
            membership=known,
            sets=tuple(sets),
            pairs_of_all=numbered,
        )

    def showing(
        self,
        groups: Sequence[GroupResult],
        keys: Sequence[Keys],
        counts: Sequence[Counts | None],
        secret: bytes,
        *,
        noise: Sequence[str],
        besides: Sequence[Mapping[str, Any]],
    ) -> ReportCells:
        """Return the cells with the figures that they would show.

        Parameters
        ----------
        counts : sequence of counts or None
            As they leave, one a group; None where a group is not measured.
        secret : bytes
            Of the fingerprints.
        noise : sequence of str
            What tells the noise on each group from that of another release; empty without noise.
        besides : sequence of mappings
            Further figures of each group, so that a change in them counts.
        """
        marks = [hashlib.sha256() for _ in self.keys]
        told: list[dict[str, Counts]] = [{} for _ in self.keys]
        for position, place in enumerate(self.of_group):
            figures = {**groups[position].counts.as_dict(), **besides[position]}
            marks[place].update(fingerprint(secret, keys[position], figures, f"release log {noise[position]}"))
            shown = counts[position]
            if shown is not None:
                told[place][groups[position].outcome] = shown
        return dataclasses.replace(
            self, fingerprints=tuple(mark.hexdigest()[:32] for mark in marks), counts=tuple(told)
        )

    def employers_of(self, places: Sequence[int]) -> IntArray:
        """Return the pairs of each employer in cells together, arms together too, largest first."""
        return self.employer_sizes([np.concatenate([held for place in places for held in self.sets[place]])])[0]

    def employer_sizes(self, sets: Sequence[IntArray]) -> tuple[IntArray, ...]:
        """Return for each set the pairs of its employers, largest first."""
        employer_of = self.pairs_of_all.employer_of
        found = (np.unique(employer_of[held], return_counts=True)[1] for held in sets)
        return tuple(np.sort(sizes)[::-1] for sizes in found)

    def sizes_at(self, place: int) -> tuple[IntArray, ...]:
        """Return the pairs of each employer in a cell, largest first; apart for the arms where they are."""
        return self.sizes_of([place])

    def sizes_of(self, places: Sequence[int]) -> tuple[IntArray, ...]:
        """Return the pairs of each employer in cells together, largest first; apart for the arms where they are."""
        return self.employer_sizes([np.concatenate(own) for own in zip(*(self.sets[p] for p in places), strict=True)])

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
        if len(before) > len(others) or not policy.exact:
            return (
                None  # the very same figures left before; what noise spends is accounted for pair by pair (`account`)
            )
        for cell in others:
            if 0 < abs(cell.pairs - self.pairs[place]) < policy.min_pairs:
                return Suppression(rule="earlier_release")
        if len(others) >= policy.releases_per_cell:
            return Suppression(rule="released_often", facts={"times": len(others)})
        return None

    def changed(self, earlier: Sequence[EarlierRelease], policy: Policy) -> frozenset[int]:
        """Return the cells in which a few pairs stand that an earlier release lacked, or lack a few that it had.

        What such pairs answered need not follow from the figures for a reader to bound it: who holds most of another
        hidden set of pairs takes that one off as well. So a plan that grows, or loses pairs, grows by a cell's worth.
        """
        if not policy.exact:
            return frozenset()
        found: set[int] = set()
        members = self.pairs_of_all.add(self.membership)
        for release in earlier:
            then = self.pairs_of_all.add(release.membership)
            waves = {cell.keys.get("wave") for cell in release.cells}
            for place, keys in enumerate(self.keys):
                if keys.get("wave") not in waves:
                    continue
                whole = {name: keys.get(name) for name in ("sector", "criterion")}
                had, have = (np.concatenate(each.sets_of(whole)) for each in (then, members))
                now = np.concatenate(self.sets[place])
                if not len(np.intersect1d(had, have)):
                    continue
                known = {name: value for name, value in keys.items() if name in then.membership.fields}
                gone = np.setdiff1d(np.concatenate(then.sets_of(known)), have)
                late = np.setdiff1d(now, had)
                if any(0 < len(few) < policy.min_pairs for few in (late, gone)):
                    found.add(place)
        return frozenset(found)

    def complement(
        self,
        hidden: Mapping[int, Suppression],
        earlier: Sequence[EarlierRelease],
        policy: Policy,
        checks: Mapping[int, Mapping[str, Counts]] | None = None,
        outcomes: Mapping[str, Sequence[str]] | None = None,
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Return the further cells to hide, and the cells whose check without odd pairs must stay out.

        Parameters
        ----------
        earlier : sequence of EarlierRelease
            Every release that left before.
        checks : mapping, optional
            Cell → the counts without its odd pairs, per outcome, for each cell that would show them too.
        outcomes : mapping of outcome to reactions, optional
            Those that count as positive, which tells how outcomes lie in each other.
        """
        closed = self._closed(hidden)
        alone, _ = self._complement(closed, earlier, policy, {}, outcomes)
        if not checks:
            return alone, frozenset()
        # A second look never costs a first one: where it would, it stays out.
        beside, untold = self._complement(closed, earlier, policy, checks, outcomes)
        lost, lost_beside = (sum(self.pairs[place] + 1 for place in chosen) for chosen in (alone, beside))
        return (beside, untold) if lost_beside <= lost else (alone, frozenset(checks))

    def _closed(self, hidden: Mapping[int, Suppression]) -> frozenset[int]:
        return frozenset(self.of_group[position] for position in hidden)

    def _complement(
        self,
        closed: frozenset[int],
        earlier: Sequence[EarlierRelease],
        policy: Policy,
        checks: Mapping[int, Mapping[str, Counts]],
        outcomes: Mapping[str, Sequence[str]] | None,
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Return the cells to hide beside those that are `closed`, and the checks."""
        sets = list(self.sets)
        told = [{outcome: sensitive(counts) for outcome, counts in own.items()} for own in self.counts]
        checked = sorted(checks)
        members = self.pairs_of_all.add(self.membership)
        for place in checked:
            sets.append(members.sets_of({**self.keys[place], WITHOUT_ODD: "yes"}))
            told.append({outcome: sensitive(counts) for outcome, counts in checks[place].items()})
        new = len(sets)
        here = {_same(own): place for place, own in enumerate(sets)}
        known = set()
        for release in earlier:
            then = self.pairs_of_all.add(release.membership)
            for cell in release.cells:
                held = then.sets_of(cell.keys)
                known |= {here[_same(held)]} if _same(held) in here else set()
                sets.append(held)
                told.append({outcome: _sensitive(counts) for outcome, counts in cell.counts.items()})
        known |= set(range(new, len(sets)))
        named = {outcome: (outcomes or {}).get(outcome, ()) for own in self.counts for outcome in own}
        design = next((design_of(counts) for own in self.counts for counts in own.values()), PAIRED)
        chosen = complementary(
            Cells(
                atoms=Atoms.of([held for own in sets for held in own], self.pairs_of_all.employer_of),
                cell_of=np.array([place for place, own in enumerate(sets) for _ in own], dtype=np.int64),
                primary=closed,
                known=frozenset(known),
                besides=frozenset(range(len(self.keys), new)) - known,
                counts=_counted(tuple(named), told, [len(own) for own in sets]),
                kinds=kinds_of(design, named)[0].cell_of,
            ),
            policy,
        )
        size = len(self.keys)
        return (
            frozenset(place for place in chosen if place < size),
            frozenset(place for number, place in enumerate(checked) if size + number in chosen),
        )

    def shown(
        self,
        hidden: Mapping[int, Suppression],
        checks: Mapping[int, Mapping[str, Counts]],
        *,
        epsilon: float | None,
    ) -> EarlierRelease:
        """Return what leaves, as the log remembers it; `checks` = the counts without odd pairs that leave too."""
        closed = {self.of_group[position] for position in hidden}
        places = [place for place in range(len(self.keys)) if place not in closed]
        cells = [self._remembered(place, self.keys[place], self.counts[place]) for place in places]
        cells += [self._remembered(p, {**self.keys[p], WITHOUT_ODD: "yes"}, own) for p, own in checks.items()]
        return EarlierRelease(cells=tuple(cells), membership=self.membership, epsilon=epsilon)

    def _remembered(self, place: int, keys: Mapping[str, str | None], counts: Mapping[str, Counts]) -> EarlierCell:
        return EarlierCell(
            keys=dict(keys),
            pairs=self.pairs[place],
            employers=self.employers[place],
            fingerprint=self.fingerprints[place],
            counts={outcome: own.as_dict() for outcome, own in counts.items()},
        )


def _same(sets: Sequence[IntArray]) -> tuple[bytes, ...]:
    return tuple(np.sort(held).tobytes() for held in sets)


def _sensitive(counts: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    return sensitive(counts_of(dict(counts)))


def _counted(outcomes: Sequence[str], told: Sequence[Shown], sets: Sequence[int]) -> list[IntArray]:
    """Return for each outcome the protected counts of each set, −1 where they were not shown."""
    width = max((len(block) for own in told for blocks in own.values() for block in blocks), default=1)
    missing = (-1,) * width
    return [
        np.array(
            [
                block
                for own, number in zip(told, sets, strict=True)
                for block in (own.get(outcome) or (missing,) * number)
            ],
            dtype=np.int64,
        )
        for outcome in outcomes
    ]


def spread_over_outcomes(of_group: Sequence[int], hidden: dict[int, Suppression]) -> None:
    """Hide every cell whose twin for another outcome is hidden."""
    first: dict[int, Suppression] = {}
    for position, suppression in hidden.items():
        first.setdefault(of_group[position], suppression)
    for position, place in enumerate(of_group):
        if place in first:
            hidden.setdefault(position, first[place])
