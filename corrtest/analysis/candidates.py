"""More than two candidates per vacancy: Cochran's Q, all comparisons, interactions of two criteria.

A vacancy that two candidates share makes them comparable whatever else the employer does; all statistics here keep
vacancies together. Components follow the R package `callback` (Duguet, L'Horty, du Parquet and Petit), with its
names in English words.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc, ndtr

from corrtest.analysis.designs.paired.counting import MarginCounts
from corrtest.analysis.designs.paired.estimating import group_results
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.pooling.multiplicity import benjamini_hochberg, holm
from corrtest.analysis.read import CandidateTable
from corrtest.analysis.results import Results
from corrtest.analysis.tables import PairedTables, normal_quantile
from corrtest.errors import AnalysisError, nearest
from corrtest.language import keep, keep_together, say


@dataclass(frozen=True, slots=True, kw_only=True)
class CochranResult:
    """Cochran's Q over all candidates, on the vacancies to which every one of them applied."""

    statistic: float
    df: int
    pvalue: float | None
    vacancies: int
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Does the effect of one criterion depend on the other? On the difference and on the ratio scale.

    `difference` is (both − first only) − (second only − neither) of the positive rates; `ratio` is the same with
    quotients: above 1, the two criteria together cost less than the product of each.
    """

    difference: float
    difference_lower: float
    difference_upper: float
    difference_pvalue: float
    ratio: float | None
    ratio_lower: float | None
    ratio_upper: float | None
    ratio_pvalue: float | None
    vacancies: int
    confidence_level: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a scale: the interaction on the difference and on the ratio."""
        return pd.DataFrame(
            {
                "scale": ["difference", "ratio"],
                "interaction": [self.difference, self.ratio],
                "lower": [self.difference_lower, self.ratio_lower],
                "upper": [self.difference_upper, self.ratio_upper],
                "pvalue": [self.difference_pvalue, self.ratio_pvalue],
                "vacancies": [self.vacancies, self.vacancies],
            }
        ).astype(dict.fromkeys(("interaction", "lower", "upper", "pvalue"), float))

    def summary(self) -> str:
        """Return what the interaction says, on both scales, as one plain sentence."""
        parts = [_said("difference", self.difference, self.difference_lower, self.difference_upper, 0.0)]
        if self.ratio is not None and self.ratio_lower is not None and self.ratio_upper is not None:
            parts.append(_said("ratio", self.ratio, self.ratio_lower, self.ratio_upper, 1.0))
        else:
            parts.append(keep("on the ratio scale it is undefined, since a candidate had no positive reaction"))
        return keep(
            "In {vacancies} vacancies with all four candidates, {parts}.",
            vacancies=self.vacancies,
            parts=keep_together(parts, "; "),
        )


def cochran_q(table: CandidateTable) -> CochranResult:
    """Test that all candidates have the same positive rate (Cochran 1950, Biometrika 37:256).

    With two candidates it is the asymptotic McNemar test. Vacancies to which a candidate did not apply are left
    out.
    """
    complete = table.reactions[(table.reactions >= 0).all(axis=1)].astype(np.float64)
    if len(complete) == 0:
        raise AnalysisError(say("No vacancy had an application from every candidate; compare them two by two instead."))
    k = complete.shape[1]
    by_candidate, by_vacancy = complete.sum(axis=0), complete.sum(axis=1)
    spread = k * by_vacancy.sum() - np.sum(by_vacancy**2)
    if spread == 0:
        return CochranResult(
            statistic=float("nan"),
            df=k - 1,
            pvalue=None,
            vacancies=len(complete),
            note=keep("Every vacancy treated all its candidates alike: the statistic is 0/0 and undefined."),
        )
    statistic = (k - 1) * (k * np.sum(by_candidate**2) - by_candidate.sum() ** 2) / spread
    return CochranResult(
        statistic=float(statistic),
        df=k - 1,
        pvalue=float(chdtrc(k - 1, statistic)),
        vacancies=len(complete),
        note=None,
    )


def all_comparisons(table: CandidateTable, confidence_level: float = 0.95) -> tuple[GroupResult, ...]:
    """Compare every two candidates; `level` says which, as ``treated vs control``.

    P-values are plain; `adjusted_comparisons` adjusts them over all comparisons.
    """
    keys, cells = [], []
    for control, treated in itertools.combinations(range(len(table.names)), 2):
        mine, theirs = table.reactions[:, control], table.reactions[:, treated]
        usable = (mine >= 0) & (theirs >= 0)
        if not usable.any():
            continue
        kind = mine[usable] * 2 + theirs[usable]
        cells.append(np.bincount(kind, minlength=4)[::-1])
        keys.append((f"{table.names[treated]} vs {table.names[control]}",))
    if not keys:
        raise AnalysisError(say("No vacancy had applications from two candidates."))
    both, control_only, treated_only, neither = np.array(cells).T
    counts = MarginCounts(
        fields=("level",),
        keys=tuple(keys),
        tables=PairedTables.of(both, control_only, treated_only, neither),
        clusters=None,
    )
    return tuple(group_results(counts, table.outcome, confidence_level=confidence_level, all_methods=False))


def analyse_candidates(table: CandidateTable, confidence_level: float = 0.95) -> Results:
    """Compare every two candidates as results, with the p-values of all comparisons adjusted by Holm."""
    groups = all_comparisons(table, confidence_level)
    frame = adjusted_comparisons(groups)
    columns = ("comparison", "pvalue", "pvalue_holm")
    tests = [
        {"level": level, "pvalue": plain, "pvalue_adjusted": adjusted}
        for level, plain, adjusted in frame[list(columns)].itertuples(index=False)
    ]
    return Results(
        groups=groups,
        notes=table.notes,
        inputs={**table.source, "confidence_level": confidence_level},
        multiplicity={
            "method": "holm",
            "outcome": table.outcome,
            "families": [{"family": "comparisons", "tests": tests}],
        },
    )


def comparisons_frame(results: Results) -> pd.DataFrame:
    """Return one row a comparison: the ratio with its interval, the p-value plain and adjusted."""
    adjusted = adjusted_comparisons(results.groups).set_index("comparison")
    rows = []
    for group in results.groups:
        ratio = group.estimate("discrimination_ratio")
        limits = {"ratio": ratio.value, "lower": ratio.lower, "upper": ratio.upper}
        rows.append({"comparison": group.level, "vacancies": group.pairs, **limits, **adjusted.loc[group.level]})
    return pd.DataFrame(rows).astype(dict.fromkeys(("ratio", "lower", "upper"), float))


def adjusted_comparisons(groups: tuple[GroupResult, ...], test: str = "mcnemar_midp") -> pd.DataFrame:
    """Return the comparisons' p-values, plain and adjusted over all of them by Holm and by Benjamini and Hochberg."""
    named = [(group.level, group.test(test).pvalue) for group in groups]
    known = [(level, pvalue) for level, pvalue in named if pvalue is not None]
    pvalues = [pvalue for _, pvalue in known]
    return pd.DataFrame(
        {
            "comparison": [level for level, _ in known],
            "pvalue": pvalues,
            "pvalue_holm": holm(pvalues),
            "pvalue_benjamini_hochberg": benjamini_hochberg(pvalues),
        }
    )


def components(group: GroupResult) -> pd.DataFrame:
    """Return the three ways in which the positives of two candidates are shared out.

    ``matched rates`` are over all vacancies, ``total shares`` over those with a positive reaction, ``exclusive
    shares`` over those in which one candidate alone had it: matched callback rates, total and exclusive callback
    shares of `callback`.
    """
    counts = group.paired_counts
    kinds = (counts.control_only, counts.treated_only)
    rows = [
        ("matched rates", counts.pairs, counts.both + counts.control_only, counts.both + counts.treated_only),
        ("total shares", counts.any_positive, counts.control_only, counts.treated_only),
        ("exclusive shares", counts.discordant, *kinds),
    ]
    return pd.DataFrame(
        [
            {
                "component": name,
                "denominator": whole,
                "control": control / whole if whole else float("nan"),
                "treated": treated / whole if whole else float("nan"),
                "difference": (treated - control) / whole if whole else float("nan"),
            }
            for name, whole, control, treated in rows
        ]
    )


def interaction(
    table: CandidateTable,
    *,
    neither: str,
    first: str,
    second: str,
    both: str,
    confidence_level: float = 0.95,
) -> Interaction:
    """Estimate the interaction of two criteria from four candidates.

    Parameters
    ----------
    neither, first, second, both : str
        The candidates who carry neither signal, the first alone, the second alone, and both, as the table names
        them (``"F,Man"``, …). Only vacancies to which all four applied count.
    """
    names = list(table.names)
    for name in (neither, first, second, both):
        if name not in names:
            raise AnalysisError(
                say("There is no candidate '{name}'. {nearest}", name=name, nearest=nearest(name, names))
            )
    z = normal_quantile(confidence_level)
    columns = table.reactions[:, [names.index(name) for name in (neither, first, second, both)]]
    four = columns[(columns >= 0).all(axis=1)].astype(np.float64)
    n = len(four)
    if n < 2:
        raise AnalysisError(say("Fewer than two vacancies had applications from all four candidates."))
    rates = four.mean(axis=0)
    signs = np.array([1.0, -1.0, -1.0, 1.0])
    difference, error = float(signs @ rates), _error(four @ signs)
    ratio: tuple[float | None, float | None, float | None, float | None] = (None, None, None, None)
    if np.all(rates > 0):
        log_ratio, log_error = float(signs @ np.log(rates)), _error((four / rates) @ signs)
        ratio = (
            float(np.exp(log_ratio)),
            float(np.exp(log_ratio - z * log_error)),
            float(np.exp(log_ratio + z * log_error)),
            _two_sided(log_ratio, log_error),
        )
    return Interaction(
        difference=difference,
        difference_lower=difference - z * error,
        difference_upper=difference + z * error,
        difference_pvalue=_two_sided(difference, error),
        ratio=ratio[0],
        ratio_lower=ratio[1],
        ratio_upper=ratio[2],
        ratio_pvalue=ratio[3],
        vacancies=n,
        confidence_level=confidence_level,
    )


def _said(scale: str, value: float, lower: float, upper: float, none: float) -> str:
    limits = keep("{value:.3f} (interval {lower:.3f} to {upper:.3f})", value=value, lower=lower, upper=upper)
    if upper < none:
        return keep(
            "both signals together cost more than the two apart on the {scale} scale: {limits}",
            scale=scale,
            limits=limits,
        )
    if lower > none:
        return keep(
            "both signals together cost less than the two apart on the {scale} scale: {limits}",
            scale=scale,
            limits=limits,
        )
    return keep(
        "the {scale} scale settles neither that they add up nor that they do not: {limits}", scale=scale, limits=limits
    )


def _error(influence: npt.NDArray[np.float64]) -> float:
    return float(np.std(influence, ddof=1) / np.sqrt(len(influence)))


def _two_sided(value: float, error: float) -> float:
    return 1.0 if error == 0 else float(2 * ndtr(-abs(value / error)))
