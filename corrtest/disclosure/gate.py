"""The gate: results in, releases out. Nothing else makes a `Release`.

In order: noise on the counts (`noise`), the rules that a cell must satisfy by itself, the log of earlier releases, and
complementary suppression over all margins together (`complement`). A cell hidden for one outcome is hidden for all:
strict and broad reactions of the same pairs tell too much of each other. From the noisy counts on nothing reads a true
one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corrtest.analysis import Estimate, GroupResult, PairedCounts, Results
from corrtest.disclosure.complement import Cells, complementary
from corrtest.disclosure.intervals import design_effect, protected_estimates
from corrtest.disclosure.margins import CellKey, cell_key, relations
from corrtest.disclosure.noise import Noise, noise_scale, noisy_counts, published
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import _SEAL, Release, ReleaseSet, Suppression
from corrtest.disclosure.releaselog import EarlierCell, ReleaseLog
from corrtest.errors import DisclosureError

# What a report may say of the study; anything else that came along stays behind.
PUBLIC_STUDY = frozenset(
    {
        *("name", "sector", "wave", "language", "period", "committees", "criteria", "caps", "outcomes", "tests_are"),
        *("ethics_reference", "authorised_by", "employers_informed_on", "lag_days", "reaction_window_days"),
        *("disclosure", "amendments", "deviations"),
    }
)


def release(results: Results, policy: Policy, log: ReleaseLog | None = None) -> ReleaseSet:
    """Return what may be printed of `results` under `policy`, and write it down in `log`.

    Parameters
    ----------
    results : Results
        Every group that the analysis made. Groups with the same keys apart from the outcome hold the same pairs.
    policy : Policy
        See `policy_for`.
    log : ReleaseLog, optional
        Earlier releases of the same register. Without it the noise follows from the fingerprint of the pairs table,
        which then is a secret: reports print its beginning only.

    Returns
    -------
    ReleaseSet
        One release per group, in the order of the results.
    """
    groups = list(results.groups)
    if not groups:
        raise DisclosureError("The results hold no group, so there is nothing to release. Run the analysis again.")
    extra = tuple(dict.fromkeys(name for group in groups for name in group.extra))
    cells = [keys_of(group, extra) for group in groups]
    # Where the employers are unknown the vacancy is the unit whose answer is protected: a pair is one vacancy.
    employers_known = any(group.employers is not None for group in groups)
    noise = Noise(secret=log.secret if log else _secret(results), scale=noise_scale(policy.certainty))
    noisy = noisy_counts(cells, [g.pairs for g in groups], [dataclasses.asdict(g.counts) for g in groups], noise)
    counts = [published(noisy.counts[i], group.pairs, policy.rounding_base) for i, group in enumerate(groups)]
    margin = _Margin.of(groups, cells, dict(results.study or {}).get("wave"), noise, employers_known)

    hidden: dict[int, Suppression] = {}
    earlier = log.by_key() if log else {}
    for position, group in enumerate(groups):
        suppression = primary(group, counts[position], policy, employers_known=employers_known)
        suppression = suppression or margin.repeated(margin.of_group[position], earlier, policy)
        if suppression:
            hidden[position] = suppression
    _spread_over_outcomes(margin.of_group, hidden)
    for place in margin.complement(hidden, earlier, policy):
        for position in margin.groups_at(place):
            hidden[position] = Suppression(rule="complementary")

    made = [PairedCounts(**count) for count in counts]
    exact = not noise.scale and policy.rounding_base == 1
    estimates = [g.estimates for g in groups] if exact else _estimates(groups, made, noisy.variances, policy)
    releases = [
        _release(group, cells[position], made[position], estimates[position], hidden.get(position))
        for position, group in enumerate(groups)
    ]
    if log:
        log.record(margin.shown(hidden))
    return ReleaseSet(
        releases=tuple(releases),
        policy=policy,
        unit="employer" if employers_known else "vacancy",
        simulated=bool(results.simulated),
        study={key: value for key, value in (results.study or {}).items() if key in PUBLIC_STUDY},
        shortfalls=tuple(dict(shortfall) for shortfall in results.shortfalls or ()),
        inputs=_without_secret(results.inputs or {}) | _reference(results.notes),
        plan=dict(results.plan or {}),
        seal=_SEAL,
    )


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


def primary(
    group: GroupResult, counts: Mapping[str, int], policy: Policy, *, employers_known: bool
) -> Suppression | None:
    """Return why a cell that would show `counts` may not be shown by itself, or None when it may."""
    if group.pairs < policy.min_pairs:
        return Suppression(rule="min_pairs", facts={"least": policy.min_pairs})
    units = group.employers if group.employers is not None else (0 if employers_known else group.pairs)
    if units < policy.min_employers:
        rule = "min_employers" if employers_known else "min_vacancies"
        return Suppression(rule=rule, facts={"least": policy.min_employers})
    largest = group.largest_employer_pairs
    if largest is not None:
        if largest > policy.largest_share * group.pairs:
            return Suppression(rule="largest_share", facts={"percent": round(100 * policy.largest_share)})
        if group.pairs - 2 * largest < policy.remainder_share * largest:
            return Suppression(rule="remainder_share")
    control = counts["both"] + counts["control_only"]
    treated = counts["both"] + counts["treated_only"]
    if policy.hide_all_or_nothing and {control, treated} & {0, group.pairs}:
        return Suppression(rule="all_or_nothing")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Margin:
    """The cells of a report without their outcomes: what is hidden or shown together."""

    keys: tuple[dict[str, str | None], ...]
    pairs: tuple[int, ...]
    employers: tuple[int | None, ...]
    fingerprints: tuple[str, ...]
    of_group: tuple[int, ...]

    @classmethod
    def of(
        cls,
        groups: Sequence[GroupResult],
        cells: Sequence[Mapping[str, str | None]],
        wave: str | None,
        noise: Noise,
        employers_known: bool,
    ) -> _Margin:
        places: dict[CellKey, int] = {}
        keys: list[dict[str, str | None]] = []
        pairs, employers, of_group = [], [], []
        marks: list[hashlib._Hash] = []
        for group, cell in zip(groups, cells, strict=True):
            without = {**{name: value for name, value in cell.items() if name != "outcome"}, "wave": wave}
            place = places.setdefault(cell_key(without), len(keys))
            if place == len(keys):
                keys.append(without)
                pairs.append(group.pairs)
                employers.append(group.employers if employers_known else group.pairs)
                marks.append(hashlib.sha256())
            marks[place].update(noise.fingerprint(cell, dataclasses.asdict(group.counts), "release log"))
            of_group.append(place)
        return cls(
            keys=tuple(keys),
            pairs=tuple(pairs),
            employers=tuple(employers),
            fingerprints=tuple(mark.hexdigest()[:32] for mark in marks),
            of_group=tuple(of_group),
        )

    def groups_at(self, place: int) -> list[int]:
        return [position for position, at in enumerate(self.of_group) if at == place]

    def repeated(
        self, place: int, earlier: Mapping[CellKey, Sequence[EarlierCell]], policy: Policy
    ) -> Suppression | None:
        """Return why a cell may not leave beside what left before, or None."""
        before = earlier.get(cell_key(self.keys[place]), ())
        others = [cell for cell in before if cell.fingerprint != self.fingerprints[place]]
        if len(before) > len(others):
            return None  # the very same figures left before
        for cell in others:
            if 0 < abs(cell.pairs - self.pairs[place]) < policy.min_pairs:
                return Suppression(rule="earlier_release")
        if len(others) >= policy.releases_per_cell:
            return Suppression(rule="released_often", facts={"times": len(others)})
        return None

    def complement(
        self, hidden: Mapping[int, Suppression], earlier: Mapping[CellKey, Sequence[EarlierCell]], policy: Policy
    ) -> frozenset[int]:
        """Return the further cells to hide."""
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
            policy.min_pairs,
            policy.min_employers,
        )
        return frozenset(place for place in chosen if place < len(self.keys))

    def shown(self, hidden: Mapping[int, Suppression]) -> list[EarlierCell]:
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


def _spread_over_outcomes(of_group: Sequence[int], hidden: dict[int, Suppression]) -> None:
    """Hide every cell whose twin for another outcome is hidden."""
    first: dict[int, Suppression] = {}
    for position, suppression in hidden.items():
        first.setdefault(of_group[position], suppression)
    for position, place in enumerate(of_group):
        if place in first and position not in hidden:
            rule = first[place].rule
            hidden[position] = Suppression(rule="companion") if rule == "all_or_nothing" else first[place]


def _secret(results: Results) -> bytes:
    """Return the noise's secret where there is no release log: the pairs table's fingerprint, else the results' own."""
    digest = dict((results.inputs or {}).get("pairs") or {}).get("sha256")
    return hashlib.sha256(f"corrtest noise {digest or results.to_json()}".encode()).digest()


def _reference(notes: Sequence[str]) -> dict[str, str]:
    """Return the candidate that all others were compared with, where the analysis notes one."""
    mark = "Reference: "
    found = [note.removeprefix(mark).rstrip(".") for note in notes if note.startswith(mark)]
    return {"reference": found[0]} if found else {}


def _without_secret(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with fingerprints cut to their beginning: enough to compare, too little to derive the noise."""
    cut = json.loads(json.dumps(inputs, default=str))

    def shortened(content: Any) -> Any:
        if isinstance(content, dict):
            return {
                key: f"{value[:16]}…" if key == "sha256" and isinstance(value, str) else shortened(value)
                for key, value in content.items()
            }
        return [shortened(item) for item in content] if isinstance(content, list) else content

    return dict(shortened(cut))


def _estimates(
    groups: Sequence[GroupResult],
    counts: Sequence[PairedCounts],
    variances: Sequence[float],
    policy: Policy,
) -> list[tuple[Estimate, ...]]:
    """Return every group's estimates from its published counts."""
    correlation = policy.employer_correlation
    levels = {estimate.confidence_level for group in groups for estimate in group.estimates[:1]}
    if len(levels) > 1:
        raise DisclosureError("The results mix confidence levels. Run the analysis again with one level.")
    return protected_estimates(
        counts,
        noise_variances=variances,
        effects=[design_effect(g.pairs, g.employers, g.largest_employer_pairs, correlation) for g in groups],
        confidence_level=levels.pop() if levels else 0.95,
    )


def _release(
    group: GroupResult,
    keys: Mapping[str, str | None],
    counts: PairedCounts,
    estimates: Sequence[Estimate],
    suppression: Suppression | None,
) -> Release:
    shown = suppression is None
    fixed = {"sector", "joint_committee", "criterion", "level", "outcome"}
    return Release(
        sector=group.sector,
        joint_committee=group.joint_committee,
        criterion=group.criterion,
        level=group.level,
        outcome=group.outcome,
        extra={name: value for name, value in keys.items() if name not in fixed},
        pairs=group.pairs if shown else None,
        employers=group.employers if shown else None,
        counts=counts if shown else None,
        estimates=tuple(estimates) if shown else (),
        suppression=suppression,
        seal=_SEAL,
    )
