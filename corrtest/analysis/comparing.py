"""Compare measurements: follow-up against baseline, sector against sector, a sector against published experiments.

The ratio of two discrimination ratios says whether the disadvantage shrank: above 1, the treated arm stands better
in the second. Two results files are compared as independent; two pairs tables of which the employers are known are
compared with the employers seen in both waves kept together, which is exact where the same employers are tested
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from corrtest.analysis.paired.tables import normal_quantile
from corrtest.analysis.pairs import PairsTable
from corrtest.analysis.pooling.random_effects import random_effects
from corrtest.analysis.result_files import write_json
from corrtest.analysis.results import GroupResult, Results
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.analysis.sentences import number
from corrtest.analysis.unmatched.log_ratios import log_ratio_of_independent_arms
from corrtest.errors import AnalysisError
from corrtest.spec import belgian_experiments

SCHEMA = "corrtest/comparison/1"
# Which published experiments stand for a criterion: the reference data name theirs in the register's words.
BENCHMARKS: Mapping[str, tuple[str, str | None]] = {
    "origin": ("Race and national origin", None),
    "age": ("Age", "Old age"),
    "disability": ("Disability", None),
    "gender": ("Gender and motherhood status", "Female gender"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One group in two measurements. None where an estimate or its interval is missing; `note` says why."""

    key: Mapping[str, str | None]
    first: str
    second: str
    first_ratio: float | None
    second_ratio: float | None
    ratio_of_ratios: float | None
    lower: float | None
    upper: float | None
    pvalue: float | None
    net_rate_change: float | None
    net_rate_lower: float | None
    net_rate_upper: float | None
    confidence_level: float
    note: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison for JSON."""
        return {**asdict(self), "key": dict(self.key)}

    def summary(self, language: str = "en") -> str:
        """Return the comparison as one plain sentence in "en" or "nl"."""
        if language not in ("en", "nl"):
            raise AnalysisError(f"There are no sentences in '{language}'. Use one of: en, nl.")
        english = language == "en"
        if self.ratio_of_ratios is None or self.lower is None or self.upper is None:
            return (
                f"{self.first} and {self.second} cannot be compared: {self.note}"
                if english
                else f"{self.first} en {self.second} zijn niet te vergelijken: {self.note}"
            )
        one, two, low, high = (
            number(value or 0.0, 2, english) for value in (self.first_ratio, self.second_ratio, self.lower, self.upper)
        )
        if self.lower > 1:
            verdict = (
                "the treated candidates stand better in the second, beyond what chance explains"
                if english
                else "de kandidaten met het kenmerk staan er in de tweede beter voor, meer dan het toeval verklaart"
            )
        elif self.upper < 1:
            verdict = (
                "the treated candidates stand worse in the second, beyond what chance explains"
                if english
                else "de kandidaten met het kenmerk staan er in de tweede slechter voor, meer dan het toeval verklaart"
            )
        else:
            verdict = (
                "these data settle neither that something changed nor that nothing did"
                if english
                else "deze gegevens tonen niet aan dat er iets veranderde, en evenmin dat er niets veranderde"
            )
        middle = "interval of their quotient" if english else "interval van hun quotiënt"
        return f"{self.first}: {one}; {self.second}: {two} ({middle} {low} – {high}): {verdict}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """All comparisons of two or more measurements."""

    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a comparison."""
        rows = [comparison.to_dict() for comparison in self.comparisons]
        return pd.DataFrame([{**row.pop("key"), **row} for row in rows])

    def to_dict(self) -> dict[str, Any]:
        """Return the comparisons for JSON."""
        return {
            "schema": SCHEMA,
            "direction": "second/first",
            "inputs": dict(self.inputs),
            "notes": list(self.notes),
            "comparisons": [comparison.to_dict() for comparison in self.comparisons],
        }

    def write(self, path: str | Path) -> Path:
        """Write the comparisons as JSON to `path` and return it."""
        return write_json(path, self.to_dict())

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(index=False, na_rep="–", float_format="{:.4f}".format, border=0))


def compare_results(
    results: Sequence[Results], labels: Sequence[str], *, across_sectors: bool = False, confidence_level: float = 0.95
) -> Comparisons:
    """Compare every later results file with the first, group by group, as independent measurements.

    Parameters
    ----------
    labels : sequence of str
        What each is called in the sentences: "baseline 2027", or the sector's name.
    across_sectors : bool
        Match groups without regard to sector and joint committee (only groups over all committees are taken then).

    Raises
    ------
    AnalysisError
        Fewer than two results, or no group that they share.
    """
    if len(results) < 2 or len(labels) != len(results) or len(set(labels)) != len(labels):
        raise AnalysisError("Comparing needs at least two results, each with a label of its own.")
    first = _by_key(results[0], across_sectors)
    found, notes = [], []
    for later, label in zip(results[1:], labels[1:], strict=True):
        theirs = _by_key(later, across_sectors)
        shared = [key for key in first if key in theirs]
        alone = len(first) + len(theirs) - 2 * len(shared)
        if alone:
            notes.append(f"{label}: groups that only one of the two has: {alone}.")
        found += [_compared(dict(key), labels[0], label, first[key], theirs[key], confidence_level) for key in shared]
    if not found:
        hint = "" if across_sectors else " To compare sectors, match groups across sectors."
        raise AnalysisError(f"The results have no group in common.{hint}")
    if any(result.simulated for result in results):
        notes.insert(0, "Simulated reactions, no measurement.")
    return Comparisons(comparisons=tuple(found), notes=tuple(notes), inputs={"labels": list(labels)})


def compare_tables(
    baseline: PairsTable,
    follow_up: PairsTable,
    *,
    outcome: str,
    criterion: str | None = None,
    labels: tuple[str, str] = ("baseline", "follow-up"),
    outcomes: Mapping[str, Sequence[str]] | None = None,
    confidence_level: float = 0.95,
) -> Comparison:
    """Compare two waves with the employers seen in both kept together (their pseudonyms must have the same key)."""
    chosen = {name: tuple(words) for name, words in (outcomes or DEFAULT_OUTCOMES).items()}
    parts = []
    for table in (baseline, follow_up):
        positives = table.outcomes(chosen)
        if outcome not in positives:
            raise AnalysisError(f"There is no outcome '{outcome}'. Use one of: {', '.join(positives)}.")
        control, treated = positives[outcome]
        keep = np.ones(len(control), dtype=np.bool_)
        if criterion is not None and "criterion" in table.frame:
            keep = (table.frame["criterion"] == criterion).to_numpy(dtype=np.bool_)
        if not keep.any():
            raise AnalysisError(f"A wave has no pair of the criterion '{criterion}'.")
        employers = (
            table.frame["employer"].astype(str).to_numpy()
            if "employer" in table.frame
            else np.array([f"{id(table)}-{i}" for i in range(len(control))])
        )
        parts.append((control[keep].astype(float), treated[keep].astype(float), employers[keep]))
    return _clustered_comparison(parts, criterion, outcome, labels, confidence_level)


def compare_with_published(results: Results, *, confidence_level: float = 0.95) -> Comparisons:
    """Compare each criterion of a sector with the published Belgian experiments on it (Lippens, Vermeiren, Baert 2023).

    The published ratio is pooled by random effects; rows of one study that share a control group are one
    experiment.
    """
    found, notes = [], []
    for group in results.groups:
        if group.joint_committee is not None or group.level is not None or group.extra:
            continue
        if group.criterion is None or group.criterion not in BENCHMARKS:
            notes.append(f"{group.criterion}: no published Belgian experiments in the reference data.")
            continue
        effect, error, k = published_log_ratio(group.criterion)
        own = _log_ratio(group)
        found.append(
            _joined(
                group.key,
                (f"published Belgian experiments ({k})", effect, error),
                (str(group.sector or "this measurement"), *own[:2]),
                own[2],
                (None, None, None),
                confidence_level,
            )
        )
    if not found:
        raise AnalysisError("No group over all committees has a criterion with published Belgian experiments.")
    notes.append("Published experiments count invitations to an interview; compare them with the strict outcome.")
    return Comparisons(comparisons=tuple(found), notes=tuple(notes))


def published_log_ratio(criterion: str) -> tuple[float, float, int]:
    """Return the pooled log ratio of the published Belgian experiments, its standard error, and their number."""
    ground, treated = BENCHMARKS[criterion]
    table = belgian_experiments()
    rows = table[table["criterion"] == ground]
    rows = rows if treated is None else rows[rows["treated"] == treated]
    shared = ["study", "tested_control", "positive_control"]
    merged = rows.groupby(shared, sort=True)[["tested_treated", "positive_treated"]].sum().reset_index()
    effects, variances, _ = log_ratio_of_independent_arms(
        merged["positive_control"].to_numpy(dtype=np.float64),
        merged["tested_control"].to_numpy(dtype=np.float64),
        merged["positive_treated"].to_numpy(dtype=np.float64),
        merged["tested_treated"].to_numpy(dtype=np.float64),
    )
    if len(effects) == 1:
        return float(effects[0]), float(np.sqrt(variances[0])), 1
    pooled = random_effects(effects, variances)
    return pooled.effect, pooled.standard_error, pooled.k


def _by_key(results: Results, across_sectors: bool) -> dict[tuple[tuple[str, str | None], ...], GroupResult]:
    found = {}
    for group in results.groups:
        key = dict(group.key)
        if across_sectors:
            if key.pop("joint_committee") is not None:
                continue
            key.pop("sector")
        found[tuple(key.items())] = group
    return found


def _log_ratio(group: GroupResult) -> tuple[float | None, float | None, str | None]:
    """Return the log ratio and its standard error from the interval that the results give, or why there is none."""
    ratio = group.estimate("discrimination_ratio")
    if not ratio.value or not ratio.lower or not ratio.upper:
        return None, None, ratio.note or "a ratio of 0 has no logarithm."
    z = normal_quantile(ratio.confidence_level)
    return float(np.log(ratio.value)), float(np.log(ratio.upper / ratio.lower) / (2 * z)), None


def _compared(
    key: dict[str, str | None], first: str, second: str, one: GroupResult, two: GroupResult, level: float
) -> Comparison:
    (a, a_error, a_note), (b, b_error, b_note) = _log_ratio(one), _log_ratio(two)
    note = " ".join(f"{label}: {text}" for label, text in ((first, a_note), (second, b_note)) if text) or None
    return _joined(key, (first, a, a_error), (second, b, b_error), note, _net_change(one, two, level), level)


def _net_change(one: GroupResult, two: GroupResult, level: float) -> tuple[float | None, float | None, float | None]:
    """Return the change of the net discrimination rate with an interval from both intervals (Zou and Donner 2008)."""
    a, b = one.estimate("net_discrimination_rate"), two.estimate("net_discrimination_rate")
    if None in (a.value, a.lower, a.upper, b.value, b.lower, b.upper) or a.confidence_level != level:
        return None, None, None
    av, al, au, bv, bl, bu = (float(x) for x in (a.value, a.lower, a.upper, b.value, b.lower, b.upper) if x is not None)
    change = bv - av
    return change, change - float(np.hypot(bv - bl, au - av)), change + float(np.hypot(bu - bv, av - al))


def _joined(
    key: Mapping[str, str | None],
    first: tuple[str, float | None, float | None],
    second: tuple[str, float | None, float | None],
    note: str | None,
    net: tuple[float | None, float | None, float | None],
    level: float,
    covariance: float = 0.0,
) -> Comparison:
    quotient = lower = upper = pvalue = None
    if first[1] is not None and second[1] is not None and first[2] is not None and second[2] is not None:
        gap = second[1] - first[1]
        error = float(np.sqrt(max(first[2] ** 2 + second[2] ** 2 - 2 * covariance, 0.0)))
        z = normal_quantile(level)
        quotient, lower, upper = (float(np.exp(part)) for part in (gap, gap - z * error, gap + z * error))
        pvalue = float(2 * ndtr(-abs(gap) / error)) if error > 0 else None
    return Comparison(
        key=key,
        first=first[0],
        second=second[0],
        first_ratio=None if first[1] is None else float(np.exp(first[1])),
        second_ratio=None if second[1] is None else float(np.exp(second[1])),
        ratio_of_ratios=quotient,
        lower=lower,
        upper=upper,
        pvalue=pvalue,
        net_rate_change=net[0],
        net_rate_lower=net[1],
        net_rate_upper=net[2],
        confidence_level=level,
        note=note,
    )


def _clustered_comparison(
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
    criterion: str | None,
    outcome: str,
    labels: tuple[str, str],
    level: float,
) -> Comparison:
    every = np.concatenate([employers for _, _, employers in parts])
    names, codes = np.unique(every, return_inverse=True)
    split = len(parts[0][0])
    sums, effects, nets, net_sums = [], [], [], []
    for (control, treated, _), code in zip(parts, (codes[:split], codes[split:]), strict=True):
        if control.sum() == 0 or treated.sum() == 0:
            raise AnalysisError("In one of the waves an arm had no positive reaction, so that there is no ratio.")
        effects.append(float(np.log(treated.sum() / control.sum())))
        influence = treated / treated.sum() - control / control.sum()
        sums.append(np.bincount(code, weights=influence, minlength=len(names)))
        positive = np.maximum(control, treated)
        net = float((control - treated).sum() / positive.sum())
        nets.append(net)
        own = (control - treated - net * positive) / positive.sum()
        net_sums.append(np.bincount(code, weights=own, minlength=len(names)))
    correction = len(names) / (len(names) - 1)
    first, second = (float(np.sqrt(correction * np.sum(part**2))) for part in sums)
    z = normal_quantile(level)
    change = nets[1] - nets[0]
    spread = float(np.sqrt(correction * np.sum((net_sums[1] - net_sums[0]) ** 2)))
    both = len(set(parts[0][2]) & set(parts[1][2]))
    return _joined(
        {"criterion": criterion, "outcome": outcome},
        (labels[0], effects[0], first),
        (labels[1], effects[1], second),
        f"Clustered by employer; {both} employers are in both waves.",
        (change, change - z * spread, change + z * spread),
        level,
        covariance=float(correction * np.sum(sums[0] * sums[1])),
    )
