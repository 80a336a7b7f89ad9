"""Small sectors in which protection from a coalition is hard: what leaves of them, release after release.

Tiny committees, employers with much of a cell, many employers with one pair, rates near 1, occupations that occur in
one place only, plans that grow by a pair or three, one grouping after another. Reactions of the largest employers are
all negative in a third of the sectors: they then know most of the pairs that show nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corrtest.analysis import ArmCounts, Atom, Counts, GroupResult, Membership, PairedCounts, Results
from tests.disclosure.sectors import one_application_each as drawn_applications
from tests.disclosure.sectors import with_automatic_answers

OUTCOMES = {"strict": {"invitation"}, "broad": {"invitation", "other_positive"}}
KINDS = ("both", "control_only", "treated_only", "neither")
FIELDS = ("sector", "joint_committee", "criterion", "level")
SIDES = ("small", "dominant", "tiny", "high", "structural", "amended", "regrouped", "merged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One release: which rows of the table it rests on, and the further columns that it groups by."""

    rows: np.ndarray
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A table of pairs and what is released of it, in order."""

    side: str
    table: pd.DataFrame
    steps: tuple[Step, ...]


def risky_sector(seed: int) -> Sector:
    """Return a sector from its seed; the side on which it is hard follows from it as well."""
    rng = np.random.default_rng(seed)
    side = SIDES[seed % len(SIDES)]
    sizes = _committee_sizes(side, rng)
    frame = pd.concat([_committee(number, size, side, rng) for number, size in sizes.items()], ignore_index=True)
    frame["pair_id"] = [f"P{n:05d}" for n in range(len(frame))]
    if rng.random() < 1 / 3:
        largest = frame["employer"].value_counts().index[:6]
        silent = frame["employer"].isin(largest)
        frame.loc[silent, ["control_reaction", "treated_reaction"]] = "none"
    return Sector(side=side, table=frame, steps=_steps(side, frame, rng))


def _committee_sizes(side: str, rng: np.random.Generator) -> dict[str, int]:
    numbers = ["124", "318", "319", "327", "329", "330", "331", "337"]
    most = {"merged": 8, "small": 3, "dominant": 3, "high": 3}.get(side, 4)
    many = int(rng.integers(4 if side == "merged" else 1, most + 1))
    low, high = {"small": (12, 70), "merged": (6, 45), "high": (20, 90)}.get(side, (20, 140))
    return {numbers[n]: int(rng.integers(low, high)) for n in range(many)}


def _committee(number: str, size: int, side: str, rng: np.random.Generator) -> pd.DataFrame:
    provinces = np.array(["Antwerpen", "Limburg", "Namur", "Liège"])[: int(rng.integers(2, 5))]
    occupations = np.array(["mason", "cook", "clerk", "driver", "nurse"])[: int(rng.integers(2, 6))]
    province = rng.choice(provinces, size)
    occupation = rng.choice(occupations, size)
    if side in {"structural", "regrouped"}:
        # An occupation that one province has, and of which there are few; else it follows from the province.
        occupation = np.where(province == provinces[0], occupation, occupations[0])
        rare = (province == provinces[-1]) & (rng.random(size) < 0.15)
        occupation = np.where(rare, "lift mechanic", occupation)
    level = rng.choice(["maghrebi_name", "turkish_name", "slavic_name"][: int(rng.integers(1, 4))], size)
    if side == "dominant":
        weights = rng.pareto(1.0, int(rng.integers(6, 25))) + 0.2
        employer = rng.choice(len(weights), size, p=weights / weights.sum())
    else:
        employer = rng.integers(0, max(2, round(size / rng.uniform(1.0, 2.5))), size)
        if side == "tiny":
            employer = np.arange(size)
    # A few employers hire under several committees.
    shared = rng.random(size) < 0.1
    names = np.where(shared, [f"E-{n % 7}" for n in employer], [f"E{number}-{n}" for n in employer])
    both, one = (rng.uniform(0.45, 0.9), rng.uniform(0, 0.1)) if side == "high" else (rng.uniform(0.02, 0.35), None)
    one_sided = rng.uniform(0.02, 0.2, 2) if one is None else np.array([one, one / 2])
    if side == "high" and rng.random() < 0.5:  # nearly everybody prefers one candidate
        both, one_sided = one_sided[1], np.array([both, 0.02])
    chances = np.array([both, *one_sided, max(0.0, 1 - both - one_sided.sum())])
    kind = rng.choice(4, size, p=chances / chances.sum())
    words = np.where(rng.random((2, size)) < 0.6, "invitation", "other_positive")
    silent = np.where(rng.random((2, size)) < 0.7, "none", "negative")
    return pd.DataFrame(
        {
            "sector": "s",
            "joint_committee": number,
            "criterion": "origin",
            "level": level,
            "province": province,
            "occupation": occupation,
            "employer": names,
            "control_reaction": np.where(kind <= 1, words[0], silent[0]),
            "treated_reaction": np.where((kind == 0) | (kind == 2), words[1], silent[1]),
        }
    )


def _steps(side: str, frame: pd.DataFrame, rng: np.random.Generator) -> tuple[Step, ...]:
    everything = np.ones(len(frame), dtype=bool)
    if side == "amended":
        late = rng.choice(len(frame), int(rng.integers(1, 4)), replace=False)
        before = everything.copy()
        before[late] = False
        return Step(rows=before), Step(rows=everything), Step(rows=everything, by=("occupation",))
    if side in {"regrouped", "structural"}:
        return Step(rows=everything, by=("province",)), Step(rows=everything, by=("occupation",))
    return (Step(rows=everything, by=("province",) if rng.random() < 0.5 else ()),)


def kinds(table: pd.DataFrame, outcome: str) -> np.ndarray:
    """Return each pair's kind, as a number in `KINDS`; of one application, the first (positive) or the last."""
    if "arm" in table:
        return np.where(table["reaction"].isin(OUTCOMES[outcome]), 0, 3)
    control = table["control_reaction"].isin(OUTCOMES[outcome]).to_numpy()
    treated = table["treated_reaction"].isin(OUTCOMES[outcome]).to_numpy()
    return np.where(control, np.where(treated, 0, 1), np.where(treated, 2, 3))


def counted(table: pd.DataFrame, by: Sequence[str] = ()) -> Results:
    """Return results with counts and membership alone, by a road that shares nothing with the analysis."""
    margins = [("sector", "criterion"), ("sector", "criterion", "level"), ("sector", "joint_committee", "criterion")]
    margins += [FIELDS, *(("sector", "criterion", name) for name in by)]
    groups = []
    for margin in margins:
        for key, rows in table.groupby(list(margin), sort=True).indices.items():
            sizes = pd.Series(table["employer"].to_numpy()[rows]).value_counts()
            own = dict(zip(margin, key, strict=True))
            for outcome in OUTCOMES:
                held = np.bincount(kinds(table.iloc[rows], outcome), minlength=4)
                groups.append(
                    GroupResult(
                        **{name: own.get(name) for name in FIELDS},
                        extra={name: str(own[name]) for name in by if name in own},
                        outcome=outcome,
                        pairs=len(rows),
                        employers=len(sizes),
                        employer_sizes={int(n): int(k) for n, k in sizes.value_counts().items()},
                        counts=_counts(table.iloc[rows], outcome, held),
                        estimates=(),
                        tests=(),
                    )
                )
    fields = (*FIELDS, *by)
    atoms = tuple(
        Atom(
            values=tuple(str(value) for value in key),
            pairs=tuple(table["pair_id"].to_numpy()[rows]),
            employers=tuple(table["employer"].to_numpy()[rows]),
        )
        for key, rows in table.groupby(list(fields), sort=True).indices.items()
    )
    groups.sort(key=lambda group: list(OUTCOMES).index(group.outcome))
    arms = "arm" in table
    odd = not arms and is_odd(table).any()
    treated = tuple(table.loc[table["arm"] == "treated", "pair_id"]) if arms else None
    return Results(
        groups=tuple(groups),
        design="unpaired" if arms else "paired",
        membership=Membership(
            fields=fields,
            atoms=atoms,
            treated=treated,
            odd=tuple(sorted(table.loc[is_odd(table), "pair_id"])) if odd else (),
        ),
        robustness=_checks(table, groups) if odd else (),
        simulated=True,
    )


def _counts(table: pd.DataFrame, outcome: str, held: np.ndarray) -> Counts:
    if "arm" not in table:
        return PairedCounts(**{kind: int(n) for kind, n in zip(KINDS, held, strict=True)})
    positive = kinds(table, outcome) == 0
    arms = {arm: positive[(table["arm"] == arm).to_numpy()] for arm in ("control", "treated")}
    return ArmCounts(
        **{f"{arm}_positive": int(found.sum()) for arm, found in arms.items()},
        **{f"{arm}_other": int((~found).sum()) for arm, found in arms.items()},
    )


def with_odd_pairs(sector: Sector, seed: int) -> Sector:
    """Return the sector with automatic answers among the missing reactions: few, some, or many."""
    return dataclasses.replace(sector, table=with_automatic_answers(sector.table, (0.02, 0.15, 0.5)[seed % 3], seed))


def is_odd(table: pd.DataFrame) -> np.ndarray:
    """Return which pairs got an automatic answer."""
    return ((table["control_reaction"] == "automatic") | (table["treated_reaction"] == "automatic")).to_numpy()


def _checks(table: pd.DataFrame, groups: Sequence[GroupResult]) -> tuple[dict[str, object], ...]:
    """Return the overall groups as coded, and without their odd pairs, as an analysis has them."""
    found: list[dict[str, object]] = []
    for group in groups:
        if group.joint_committee is None and group.level is None and not group.extra:
            key = {"sector": group.sector, "criterion": group.criterion, "outcome": group.outcome}
            own = table[(table["criterion"] == group.criterion).to_numpy() & ~is_odd(table)]
            left = np.bincount(kinds(own, group.outcome), minlength=4)
            counts = {kind: int(n) for kind, n in zip(KINDS, left, strict=True)}
            found.append({**key, "choice": "as coded", "counts": group.counts.as_dict()})
            found.append({**key, "choice": "odd pairs left out", "counts": counts})
    return tuple(found)


def one_application_each(sector: Sector, seed: int) -> Sector:
    """Return the sector with one application a vacancy: of each pair the one that was drawn."""
    return dataclasses.replace(sector, table=drawn_applications(sector.table, seed))
