"""Two waves compared from their tables, with the employers seen in both kept together.

Each estimate's influence is summed per employer over both waves, so that an employer who was tested twice counts as
one: exact where the same employers are tested again, and the comparison of independent waves where none is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from corrtest.analysis.comparing.comparison import Change, Comparison, Comparisons, Side, adjusted, joined, two_sided
from corrtest.analysis.read import StudyTable
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.analysis.statistics import Statistic
from corrtest.analysis.tables import FloatArray, Positives, normal_quantile
from corrtest.errors import AnalysisError
from corrtest.language import keep, say


class _Wave(NamedTuple):
    """One wave: estimates, and the influence of each row on each."""

    employers: np.ndarray
    log_ratio: float
    difference: float
    net: float | None
    of_log_ratio: FloatArray
    of_difference: FloatArray
    of_net: FloatArray


def compare_tables(
    baseline: StudyTable,
    follow_up: StudyTable,
    *,
    outcome: str,
    criterion: str | None = None,
    labels: tuple[str, str] = ("baseline", "follow-up"),
    outcomes: Mapping[str, Sequence[str]] | None = None,
    confidence_level: float = 0.95,
) -> Comparison:
    """Compare two waves with the employers seen in both kept together (their pseudonyms must have the same key).

    Raises
    ------
    AnalysisError
        A wave lacks the outcome or the criterion, or an arm had no positive reaction.
    """
    chosen = {name: tuple(words) for name, words in (outcomes or DEFAULT_OUTCOMES).items()}
    waves = [
        _wave(table, table.outcomes(chosen), outcome, criterion, str(place))
        for place, table in enumerate((baseline, follow_up))
    ]
    names, codes = np.unique(np.concatenate([wave.employers for wave in waves]), return_inverse=True)
    split = np.split(codes, [len(waves[0].employers)])
    correction = len(names) / (len(names) - 1)

    def summed(which: str) -> list[FloatArray]:
        return [
            np.bincount(code, weights=getattr(wave, which), minlength=len(names)).astype(np.float64)
            for wave, code in zip(waves, split, strict=True)
        ]

    ratios = summed("of_log_ratio")
    errors = [float(np.sqrt(correction * np.sum(part**2))) for part in ratios]
    both = len(set(waves[0].employers) & set(waves[1].employers))
    net = Change()
    if waves[0].net is not None and waves[1].net is not None:
        net = _change(waves[1].net - waves[0].net, summed("of_net"), correction, confidence_level)
    return joined(
        {"criterion": criterion, "outcome": outcome},
        Side(labels[0], waves[0].log_ratio, errors[0]),
        Side(labels[1], waves[1].log_ratio, errors[1]),
        difference=_change(
            waves[1].difference - waves[0].difference, summed("of_difference"), correction, confidence_level
        ),
        net=net,
        note=keep("Clustered by employer; {both} employers are in both waves.", both=both),
        level=confidence_level,
        covariance=float(correction * np.sum(ratios[0] * ratios[1])),
    )


def compare_waves(
    baseline: StudyTable,
    follow_up: StudyTable,
    *,
    labels: tuple[str, str] = ("baseline", "follow-up"),
    outcomes: Mapping[str, Sequence[str]] | None = None,
    confidence_level: float = 0.95,
) -> Comparisons:
    """Compare two waves on every criterion and outcome that both have; see `compare_tables`.

    Raises
    ------
    AnalysisError
        They have no criterion or no outcome in common, or no comparison has a ratio in both waves.
    """
    chosen = outcomes or DEFAULT_OUTCOMES
    shared = [name for name in baseline.outcomes(chosen) if name in follow_up.outcomes(chosen)]
    found, notes = [], []
    for criterion in _criteria(baseline, follow_up):
        for outcome in shared:
            try:
                found.append(
                    compare_tables(
                        baseline,
                        follow_up,
                        outcome=outcome,
                        criterion=criterion,
                        labels=labels,
                        outcomes=chosen,
                        confidence_level=confidence_level,
                    )
                )
            except AnalysisError as error:
                notes.append(f"{criterion}, {outcome}: {error}")
    if not found:
        raise AnalysisError(say("The two waves have nothing in common to compare. ") + " ".join(notes))
    if baseline.simulated or follow_up.simulated:
        notes.insert(0, keep("Simulated reactions, no measurement."))
    return Comparisons(comparisons=adjusted(found), notes=tuple(notes), inputs={"labels": list(labels)})


def _criteria(baseline: StudyTable, follow_up: StudyTable) -> Sequence[str | None]:
    if "criterion" not in baseline.frame or "criterion" not in follow_up.frame:
        return [None]
    return sorted(set(map(str, baseline.frame["criterion"])) & set(map(str, follow_up.frame["criterion"])))


def _change(value: float, sums: list[FloatArray], correction: float, level: float) -> Change:
    error = float(np.sqrt(correction * np.sum((sums[1] - sums[0]) ** 2)))
    reach = normal_quantile(level) * error
    return Change(value, value - reach, value + reach, two_sided(value, error))


def _wave(
    table: StudyTable, positives: Mapping[str, Positives], outcome: str, criterion: str | None, name: str
) -> _Wave:
    if outcome not in positives:
        raise AnalysisError(
            say(
                "There is no outcome '{outcome}'. Use one of: {positives}.",
                outcome=outcome,
                positives=", ".join(positives),
            )
        )
    keep = np.ones(len(table), dtype=np.bool_)
    if criterion is not None and "criterion" in table.frame:
        keep = (table.frame["criterion"] == criterion).to_numpy(dtype=np.bool_)
    if not keep.any():
        raise AnalysisError(say("A wave has no pair of the criterion '{criterion}'.", criterion=criterion))
    employers = (
        table.frame["employer"].astype(str).to_numpy()[keep]
        if "employer" in table.frame
        else np.array([f"{name}-{row}" for row in np.flatnonzero(keep)])
    )
    kinds = positives[outcome].rows(keep).kinds
    counted = np.bincount(kinds, minlength=len(table.design.cells))
    counts = table.design.counts(dict(zip(table.design.cells, map(int, counted), strict=True)))
    _require_positives(counts.control_positives, counts.treated_positives)
    tables = table.design.tables([counts])

    def found(name: str) -> tuple[float | None, FloatArray]:
        statistic: Statistic[Any, Any] | None = table.design.statistics.get(name)
        if statistic is None:
            return None, np.zeros(len(kinds))
        return float(statistic.on_scale(tables)[0]), statistic.slopes(tables)[0][kinds]

    (log_ratio, of_log_ratio), (difference, of_difference), (net, of_net) = map(
        found, ("discrimination_ratio", "rate_difference", "net_discrimination_rate")
    )
    return _Wave(
        employers=employers,
        log_ratio=log_ratio or 0.0,
        difference=difference or 0.0,
        net=net,
        of_log_ratio=of_log_ratio,
        of_difference=of_difference,
        of_net=of_net,
    )


def _require_positives(control: float, treated: float) -> None:
    if control == 0 or treated == 0:
        raise AnalysisError(say("In one of the waves an arm had no positive reaction, so that there is no ratio."))
