"""More than two candidates per vacancy: Cochran's Q, all comparisons, interactions of two criteria.

A vacancy that two candidates share makes them comparable whatever else the employer does; all statistics here keep
vacancies together. Components follow the R package `callback` (Duguet, L'Horty, du Parquet and Petit), with its
names in English words.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse.csgraph import connected_components
from scipy.special import chdtrc, ndtr

from corrtest.analysis.counted import CountedMargin
from corrtest.analysis.designs import design_named, design_of
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import each_grouping
from corrtest.analysis.interactions import Interaction
from corrtest.analysis.pooling.multiplicity import benjamini_hochberg, holm
from corrtest.analysis.read import CandidateTable, compared_candidates
from corrtest.analysis.read.candidate_names import named_candidate
from corrtest.analysis.results import Results
from corrtest.analysis.tables import normal_quantile
from corrtest.errors import AnalysisError
from corrtest.language import keep, say


@dataclass(frozen=True, slots=True, kw_only=True)
class CochranResult:
    """Cochran's Q over all candidates, on the vacancies to which two or more of them applied."""

    statistic: float
    df: int
    pvalue: float | None
    vacancies: int
    note: str | None


def cochran_q(table: CandidateTable) -> CochranResult:
    """Test that all candidates have the same positive rate, within vacancies.

    The general form of Cochran's Q (1950, Biometrika 37:256): given how many of a vacancy's applications were positive,
    equal treatment deals these out at random, which gives each candidate's total its mean and covariance (the
    generalised Mantel-Haenszel statistic; Birch 1965, Journal of the Royal Statistical Society B 27:111; Somes 1986,
    The American Statistician 40:106). With one application of every candidate to every vacancy it is Cochran's Q, with
    two candidates the asymptotic McNemar test; candidates may be missing from vacancies, or apply to one more than
    once. Degrees of freedom are the candidates less the sets of them that no vacancy joins: less one, as a rule.

    Raises
    ------
    AnalysisError
        No vacancy had two candidates.
    """
    several = (table.applied > 0).sum(axis=1) > 1
    if not several.any():
        raise AnalysisError(say("No vacancy had applications from two candidates."))
    had, sent = table.positives[several].astype(np.float64), table.applied[several].astype(np.float64)
    positive, applications = had.sum(axis=1), sent.sum(axis=1)
    departure = (had - sent * (positive / applications)[:, None]).sum(axis=0)
    spread = positive * (applications - positive) / (applications**2 * (applications - 1))
    # Σ over vacancies of spread · (N·diag(n) − n n').
    covariance = np.diag((spread * applications) @ sent) - (sent * spread[:, None]).T @ sent
    df = len(table.names) - _sets(table)
    vacancies = int(several.sum())
    if not spread.any():
        return CochranResult(
            statistic=float("nan"),
            df=df,
            pvalue=None,
            vacancies=vacancies,
            note=keep("Every vacancy treated all its candidates alike: the statistic is 0/0 and undefined."),
        )
    statistic = float(departure @ np.linalg.pinv(covariance, hermitian=True) @ departure)
    return CochranResult(
        statistic=statistic, df=df, pvalue=float(chdtrc(df, statistic)), vacancies=vacancies, note=None
    )


def _sets(table: CandidateTable) -> int:
    """Count the sets of candidates that vacancies join, one after the other."""
    return int(connected_components(table.together > 0, directed=False)[0])


def all_comparisons(table: CandidateTable, confidence_level: float = 0.95) -> tuple[GroupResult, ...]:
    """Compare every two candidates on the vacancies that had both; `level` says which, as ``treated vs control``.

    Two candidates who never applied to the same vacancy are not compared: through a third the comparison would be one
    of different vacancies. P-values are plain; `adjusted_comparisons` adjusts them over all comparisons.
    """
    comparisons = [
        (f"{table.names[treated]} vs {table.names[control]}", control, treated)
        for control, treated in itertools.combinations(range(len(table.names)), 2)
        if table.together[control, treated]
    ]
    if not comparisons:
        raise AnalysisError(say("No vacancy had applications from two candidates."))
    compared = compared_candidates(table, comparisons)
    cluster_by = ("employer",) if table.once else ("vacancy",)
    grouping = next(each_grouping(compared, (), cluster_by))
    (positives,) = compared.outcomes({}).values()
    margin = CountedMargin.of(compared.design, grouping, table.outcome, positives)
    groups = {group.level: group for group in margin.results(confidence_level=confidence_level)}
    return tuple(replace(groups[name], criterion=None) for name, _, _ in comparisons)


def _comparison_notes(table: CandidateTable) -> tuple[str, ...]:
    """Say which candidates could not be compared, and that comparisons may be of different vacancies."""
    together = table.together
    pairs = list(itertools.combinations(range(len(table.names)), 2))
    apart = [f"{table.names[b]} vs {table.names[a]}" for a, b in pairs if not together[a, b]]
    shared = sorted({int(together[a, b]) for a, b in pairs if together[a, b]})
    notes = []
    if apart:
        notes.append(
            keep(
                "Not compared, since no vacancy had both: {apart}. A comparison through a third candidate would be one "
                "of different vacancies, and is not made.",
                apart="; ".join(apart),
            )
        )
    if len(shared) > 1:
        notes.append(
            keep(
                "Each comparison is of the vacancies that had both candidates: from {least} to {most}. Comparisons of "
                "different vacancies do not multiply: A to B and B to C do not give A to C.",
                least=shared[0],
                most=shared[-1],
            )
        )
    return tuple(notes)


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
        design=design_of(groups[0].counts).name,
        notes=(*table.notes, *_comparison_notes(table)),
        inputs={**table.source, "confidence_level": confidence_level},
        multiplicity={
            "method": "holm",
            "outcome": table.outcome,
            "families": [{"family": "comparisons", "tests": tests}],
        },
    )


def comparisons_frame(results: Results) -> pd.DataFrame:
    """Return one row a comparison: what it rests on, the ratio with its interval, the p-value plain and adjusted."""
    adjusted = adjusted_comparisons(results.groups).set_index("comparison")
    size = "vacancies" if design_named(results.design).matched else "applications"
    rows = []
    for group in results.groups:
        ratio = group.estimate("discrimination_ratio")
        limits = {"ratio": ratio.value, "lower": ratio.lower, "upper": ratio.upper}
        tested = dict(adjusted.loc[group.level]) if group.level in adjusted.index else {}
        rows.append({"comparison": group.level, size: group.pairs, **limits, **tested})
    return pd.DataFrame(rows).astype(dict.fromkeys(("ratio", "lower", "upper"), float))


def adjusted_comparisons(groups: tuple[GroupResult, ...]) -> pd.DataFrame:
    """Return the comparisons' p-values, plain and adjusted over all of them by Holm and by Benjamini and Hochberg."""
    named = [(group.level, group.tests[0].pvalue) for group in groups]
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
    """Return the three ways in which the positives of two candidates are shared out; empty where they make no pairs.

    ``matched rates`` are over all vacancies, ``total shares`` over those with a positive reaction, ``exclusive
    shares`` over those in which one candidate alone had it: matched callback rates, total and exclusive callback
    shares of `callback`.
    """
    columns = ["component", "denominator", "control", "treated", "difference"]
    if not design_of(group.counts).matched:
        return pd.DataFrame(columns=columns)
    counts = group.paired_counts
    kinds = (counts.control_only, counts.treated_only)
    rows = [
        ("matched rates", counts.pairs, counts.both + counts.control_only, counts.both + counts.treated_only),
        ("total shares", counts.any_positive, counts.control_only, counts.treated_only),
        ("exclusive shares", counts.discordant, *kinds),
    ]
    return pd.DataFrame(
        [
            (
                name,
                whole,
                control / whole if whole else float("nan"),
                treated / whole if whole else float("nan"),
                (treated - control) / whole if whole else float("nan"),
            )
            for name, whole, control, treated in rows
        ],
        columns=columns,
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
        them (``"F,Man"``, …). Only vacancies to which all four applied count; rates are over the table's applications,
        errors between vacancies.
    """
    names = list(table.names)
    z = normal_quantile(confidence_level)
    places = [names.index(named_candidate(names, name)) for name in (neither, first, second, both)]
    had, sent = table.positives[:, places], table.applied[:, places]
    all_four = (sent > 0).all(axis=1)
    had, sent = had[all_four].astype(np.float64), sent[all_four].astype(np.float64)
    n = len(had)
    if n < 2:
        raise AnalysisError(say("Fewer than two vacancies had applications from all four candidates."))
    rates = had.sum(axis=0) / sent.sum(axis=0)
    # A vacancy's influence on each rate: its positives beyond those that its applications would have at the rate.
    influence = (had - sent * rates) / sent.mean(axis=0)
    signs = np.array([1.0, -1.0, -1.0, 1.0])
    difference, error = float(signs @ rates), _error(influence @ signs)
    ratio: tuple[float | None, float | None, float | None, float | None] = (None, None, None, None)
    if np.all(rates > 0):
        log_ratio, log_error = float(signs @ np.log(rates)), _error((influence / rates) @ signs)
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


def _error(influence: npt.NDArray[np.float64]) -> float:
    return float(np.std(influence, ddof=1) / np.sqrt(len(influence)))


def _two_sided(value: float, error: float) -> float:
    return 1.0 if error == 0 else float(2 * ndtr(-abs(value / error)))
