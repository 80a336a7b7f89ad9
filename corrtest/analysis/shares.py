"""`analyse_shares`: from a table of answers of one arm to results, and the change of a share between two waves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from corrtest.analysis.counted import CountedMargin
from corrtest.analysis.designs.one_arm import ShareMargin
from corrtest.analysis.group_result import GroupResult
from corrtest.analysis.grouping import each_grouping
from corrtest.analysis.membership import Membership
from corrtest.analysis.odd_reactions import without_incidents
from corrtest.analysis.preregistered import Choices, says_simulated
from corrtest.analysis.read.answers import AnswersTable
from corrtest.analysis.results import Results, shortfall_record
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.analysis.sending_weeks import sending_weeks
from corrtest.analysis.tables import FloatArray, normal_quantile
from corrtest.analysis.verdicts import with_published
from corrtest.analysis.weights import given_weights
from corrtest.errors import AnalysisError
from corrtest.language import say

# The key under which a population counts all joint committees together.
EVERY = "all"


def analyse_shares(
    table: AnswersTable,
    *,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    by: Sequence[str] = (),
    population: Mapping[str, int] | None = None,
    weights: str | None = None,
    confidence_level: float | None = None,
    all_methods: bool = False,
    study: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    shortfalls: Iterable[Any] = (),
    fieldwork: Sequence[Mapping[str, Any]] = (),
    simulated: bool = False,
    inputs: Mapping[str, Any] | None = None,
) -> Results:
    """Estimate the share of positive answers in every group: sector × criterion, × level, × committee, and both.

    Parameters
    ----------
    table : AnswersTable
        From `read_answers` or `answers_table`; those who were not reached are left out and counted.
    outcomes : mapping of str to answers, optional
        Which answers are positive, per outcome: those of the study, else those of a table of 0 and 1.
    by : sequence of str
        More columns; each adds the margin sector × criterion × column.
    population : mapping of joint committee to int, optional
        How many employers there are to ask in each committee, and under "all" in all together: variances then carry the
        finite-population correction 1 − n/N. Groups of another column get none.
    weights : str, optional
        A column of weights; weighted figures are internal, what is published follows from the counts.
    confidence_level, study, plan, shortfalls, fieldwork, simulated, inputs
        As `analyse` takes them.

    Raises
    ------
    AnalysisError
        Nobody was reached, or a weight is no number above 0.
    """
    choices = Choices.of(study, confidence_level=confidence_level)
    normal_quantile(choices.confidence_level)
    registered = (study or {}).get("outcomes")
    chosen = {name: tuple(words) for name, words in (outcomes or registered or DEFAULT_OUTCOMES).items()}
    if choices.incidents == "exclude":
        table = without_incidents(table)
    table = table.reached()
    if not len(table):
        raise AnalysisError(say("Nobody was reached, so that there is no answer to analyse."))
    weighting = None if weights is None else _weights(table, weights)
    groups: list[GroupResult] = []
    fields: dict[str, None] = {}
    for grouping in each_grouping(table, by):
        fields.update(dict.fromkeys(grouping.fields))
        for outcome, positives in table.outcomes(chosen).items():
            counted = CountedMargin.of(table.design, grouping, outcome, positives, weighting)
            margin: ShareMargin = counted.counts
            finite = _finite(margin, population or {})
            found = replace(counted, counts=replace(margin, finite=finite)).results(
                confidence_level=choices.confidence_level, all_methods=all_methods
            )
            groups += with_published(
                found,
                confidence_level=choices.confidence_level,
                correlation=choices.correlation,
                spread=True,
                finite=list(finite),
            )
    weeks = list(sending_weeks(table))
    return Results(
        groups=tuple(groups),
        design=table.design.name,
        inputs={
            "pairs": dict(table.source),
            "outcomes": {} if table.answers is None else {name: list(words) for name, words in chosen.items()},
            "confidence_level": choices.confidence_level,
            "employer_correlation": choices.correlation,
            "population": dict(population or {}),
            "versions": {name: version(name) for name in ("corrtest", "numpy", "pandas", "scipy")},
            **({} if weights is None else {"weights": weights}),
            **(inputs or {}),
        },
        notes=(*table.notes, *choices.departures),
        simulated=simulated or table.simulated or says_simulated(study, plan),
        study=study,
        plan=plan,
        shortfalls=tuple(shortfall_record(each) for each in shortfalls),
        membership=Membership.of(table, tuple(fields)),
        fieldwork={
            name: rows for name, rows in (("strata", [dict(each) for each in fieldwork]), ("weeks", weeks)) if rows
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChange:
    """How a share moved from the first of two waves to the second, in points of share (0.05 = 5 points)."""

    before: float
    after: float
    difference: float
    lower: float
    upper: float
    employers_in_both: int
    confidence_level: float


def change_of_share(
    table: AnswersTable,
    first: str,
    second: str,
    positive: Sequence[str],
    *,
    wave: str = "wave",
    population: int | None = None,
    confidence_level: float = 0.95,
) -> ShareChange:
    """Return the change between two waves of a panel, whose employers answer in both.

    The variance is taken between employers, so that what an employer's two answers have in common drops out: for a
    fixed panel the interval is narrower than that of two samples. With a `population` of employers it carries the
    finite-population correction (Särndal, Swensson and Wretman 1992, section 9.9).
    """
    table = table.reached()
    if wave not in table.frame or "employer" not in table.frame:
        raise AnalysisError(say("A change between waves needs the columns '{wave}' and 'employer'.", wave=wave))
    y = table.outcomes({"change": tuple(positive)})["change"].positive.astype(np.float64)
    at = [(table.frame[wave].astype(str) == name).to_numpy(dtype=np.float64) for name in (first, second)]
    rows = [float(each.sum()) for each in at]
    if not all(rows):
        raise AnalysisError(say("One of the waves '{first}' and '{second}' has no answer.", first=first, second=second))
    shares = [float((y * each).sum() / n) for each, n in zip(at, rows, strict=True)]
    away = at[1] * (y - shares[1]) / rows[1] - at[0] * (y - shares[0]) / rows[0]
    employers, of = np.unique(table.frame["employer"].astype(str).to_numpy(), return_inverse=True)
    k = len(employers)
    sums = np.bincount(of, weights=away, minlength=k)
    seen = [np.bincount(of, weights=each, minlength=k) > 0 for each in at]
    left = 1.0 if population is None else max(0.0, 1 - max(int(each.sum()) for each in seen) / population)
    half = normal_quantile(confidence_level) * float(np.sqrt(left * k / max(k - 1, 1) * np.sum(sums**2)))
    difference = shares[1] - shares[0]
    return ShareChange(
        before=shares[0],
        after=shares[1],
        difference=difference,
        lower=max(-1.0, difference - half),
        upper=min(1.0, difference + half),
        employers_in_both=int((seen[0] & seen[1]).sum()),
        confidence_level=confidence_level,
    )


def _finite(margin: ShareMargin, population: Mapping[str, int]) -> FloatArray:
    """Return 1 − n/N of each group, n its employers; 1 where the population of a group is not known."""
    left = np.ones(len(margin.keys))
    if margin.employers is None or not {"sector", "joint_committee", "criterion", "level"} >= set(margin.fields):
        return left
    for place, key in enumerate(margin.keys):
        committee = dict(zip(margin.fields, key, strict=True)).get("joint_committee")
        there = population.get(EVERY if committee is None else committee)
        if there:
            left[place] = max(0.0, 1 - int(margin.employers[place]) / there)
    return left


def _weights(table: AnswersTable, column: str) -> FloatArray:
    return given_weights(table.frame, column, say("Give every answer the inverse of its chance to be asked."))
