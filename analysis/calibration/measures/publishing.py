"""What the gate does to what was measured: whole studies from reactions to releases, under both protections."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis import (
    GroupResult,
    Intervals,
    Results,
    analyse,
    pairs_table,
    verdict_of,
)
from corrtest.design import substream
from corrtest.disclosure import Policy, Release, default_policy, release
from measures.rows import coverage_row, deviation_row, mean_row, rate_row

REACTIONS = ("none", "other_positive", "invitation")
# Of 100 pairs by what the control got (rows) and the treated got (columns), each as in REACTIONS: 8 % strictly control
# only, 4.5 % treated only.
SHARES = np.array([[74.5, 2, 3], [3, 3, 1.5], [6, 2, 5]]) / 100
# Studies that are analysed in one table, which is faster.
_TOGETHER = 25
COUNTS = ("both", "control_only", "treated_only", "neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingCell:
    """A sector with one criterion of three levels: committees, pairs of each, and the protection of its figures."""

    committees: int
    pairs: int
    protection: str

    @property
    def name(self) -> str:
        """Name of the cell's file and of its random stream."""
        return f"committees{self.committees}_pairs{self.pairs}_{self.protection}"

    @property
    def policy(self) -> Policy:
        """The default policy with this protection."""
        return dataclasses.replace(default_policy(), protection=self.protection)

    def truth(self) -> dict[str, float]:
        """Return the true ratio of each outcome."""
        strict = SHARES[:, 2].sum() / SHARES[2].sum()
        return {"strict": float(strict), "broad": float(SHARES[:, 1:].sum() / SHARES[1:].sum())}

    def draw(self, rng: np.random.Generator, studies: int) -> pd.DataFrame:
        """Return the table of so many studies, each a sector of its own; an employer has one or two pairs."""
        size = self.committees * self.pairs
        rows = np.arange(size * studies)
        kinds = rng.choice(9, len(rows), p=SHARES.ravel())
        again = (rng.random(len(rows)) < 1 / 3) & (rows % self.pairs > 0)
        return pd.DataFrame(
            {
                "pair_id": [f"p{number}" for number in rows],
                "sector": [f"s{number}" for number in rows // size],
                "joint_committee": [f"{100 + number}" for number in rows % size // self.pairs],
                "criterion": "origin",
                "level": np.array(["level_a", "level_b", "level_c"])[rows % 3],
                "employer": [f"e{number}" for number in rows - (again & ~np.roll(again, 1))],
                "control_reaction": np.array(REACTIONS)[kinds // 3],
                "treated_reaction": np.array(REACTIONS)[kinds % 3],
            }
        )


def publishing_grid() -> tuple[PublishingCell, ...]:
    """Return the cells that are measured: the default quota of 200 pairs a committee, and 480 pairs over twenty."""
    return tuple(
        PublishingCell(committees=committees, pairs=pairs, protection=protection)
        for committees, pairs in ((1, 200), (7, 200), (20, 200), (20, 24))
        for protection in ("coalition", "all_but_one")
    )


def measure_publishing(cell: PublishingCell, *, experiments: int = 500, seed: int = 2026) -> list[dict[str, Any]]:
    """Return rows on the counts, the intervals and the verdicts of the sector's total and of its committees."""
    rng = substream(seed, "calibration publishing", cell.name)
    seen: dict[str, list[Any]] = defaultdict(list)
    for first in range(0, experiments, _TOGETHER):
        studies = min(_TOGETHER, experiments - first)
        together = analyse(pairs_table(cell.draw(rng, studies)), simulated=True)
        for number in range(studies):
            study = _of_one(together, f"s{number}")
            _look(study.groups, release(study, cell.policy).releases, seen)
    described = {"committees": cell.committees, "pairs_a_committee": cell.pairs, "protection": cell.protection}
    return [{**described, "experiments": experiments, **row} for row in _rows(cell, seen)]


def _of_one(together: Results, sector: str) -> Results:
    """Return the results of one study of several; what is said of all of them is left out."""
    assert together.membership is not None
    place = together.membership.fields.index("sector")
    atoms = tuple(atom for atom in together.membership.atoms if atom.values[place] == sector)
    return dataclasses.replace(
        together,
        groups=tuple(group for group in together.groups if group.sector == sector),
        membership=dataclasses.replace(together.membership, atoms=atoms),
        robustness=(),
        strata=(),
    )


def _look(groups: Sequence[GroupResult], releases: Sequence[Release], seen: dict[str, list[Any]]) -> None:
    """Compare what was released of one study with what was measured."""
    seen["hidden"] += [not each.shown for each in releases]
    by_key = {tuple(each.keys.items()): each for each in releases}
    for group, each in zip(groups, releases, strict=True):
        if each.counts is None:
            continue
        broad = by_key[tuple({**each.keys, "outcome": "broad"}.items())]
        arms = zip(each.arms or (), broad.arms or (), strict=True)
        seen["exact"].append(each.counts == group.counts)
        seen["nested"].append(all(one.positives <= other.positives for one, other in arms))
        seen["adds"].append(sum(each.counts.as_dict().values()) == group.pairs)
        if each.level is None:
            _compare(group, each, seen)
    seen["adds"] += _sums_hold(releases)


def _sums_hold(releases: Sequence[Release]) -> list[bool]:
    """Return for each shown total whether its committees, and its levels, add up to it, where all are shown."""
    parts: dict[tuple[Any, ...], list[Release]] = defaultdict(list)
    for each in releases:
        for name in ("joint_committee", "level"):
            if each.keys[name] is not None:
                parts[name, *{**each.keys, name: None}.values()].append(each)
    held = []
    for total in releases:
        for name in ("joint_committee", "level"):
            own = [part.counts.as_dict() for part in parts[name, *total.keys.values()] if part.counts is not None]
            if total.counts is not None and own and len(own) == len(parts[name, *total.keys.values()]):
                held.append({cell: sum(counts[cell] for counts in own) for cell in COUNTS} == total.counts.as_dict())
    return held


def _compare(group: GroupResult, each: Release, seen: dict[str, list[Any]]) -> None:
    """Compare the verdicts on what was measured and on what was released, and the counts."""
    name = f"{'committee' if each.joint_committee else 'total'} {each.outcome}"
    inside, outside = verdict_of(group), verdict_of(each)
    seen[f"{name} found inside"].append(inside.kind == "disadvantage")
    seen[f"{name} found outside"].append(outside.kind == "disadvantage")
    seen[f"{name} agree"].append(inside.kind == outside.kind)
    limits = outside.ratio, outside.lower, outside.upper
    seen[f"{name} ratio"].append([np.nan if limit is None else limit for limit in limits])
    assert each.counts is not None
    for count, true in group.counts.as_dict().items():
        seen[f"{name} {count}"].append(each.counts.as_dict()[count] - true)
        seen[f"{name} {count} said"].append(0.0 if each.deviations is None else each.deviations[count])


def _rows(cell: PublishingCell, seen: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    def happened(name: str) -> npt.NDArray[np.bool_]:
        return np.array(seen[name], dtype=np.bool_)

    rows = [
        rate_row("share", "cells hidden", "all", happened("hidden")),
        rate_row("share", "published counts are the true ones", "all", happened("exact")),
        rate_row("share", "counts add up", "all", happened("adds")),
        rate_row("share", "strict at most broad", "all", happened("nested")),
    ]
    truth = cell.truth()
    for where in ("total", "committee"):
        for outcome in ("strict", "broad"):
            name = f"{where} {outcome}"
            if not seen.get(f"{name} agree"):
                continue
            intervals = Intervals(*np.array(seen[f"{name} ratio"], dtype=np.float64).T)
            rows += [
                coverage_row("discrimination_ratio", name, intervals, truth[outcome]),
                rate_row("power", "disadvantage found by the analysis", name, happened(f"{name} found inside")),
                rate_row("power", "disadvantage found in the report", name, happened(f"{name} found outside")),
                rate_row("share", "verdicts agree", name, happened(f"{name} agree")),
            ]
            for count in COUNTS:
                rows.append(deviation_row(count, name, np.array(seen[f"{name} {count}"], dtype=np.float64)))
                said = np.array(seen[f"{name} {count} said"], dtype=np.float64)
                rows.append(mean_row(f"{count}, as said", name, said))
    return rows
