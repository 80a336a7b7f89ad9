"""Two waves compared from their tables, with the employers seen in both kept together.

Each estimate's influence is summed per employer over both waves, so that an employer who was tested twice counts as
one: exact where the same employers are tested again, and the comparison of independent waves where none is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from corrtest.analysis.applications import ApplicationsTable
from corrtest.analysis.comparing.comparison import Change, Comparison, Comparisons, Side, joined, two_sided
from corrtest.analysis.margin_results import Positives, positives_of
from corrtest.analysis.paired.tables import FloatArray, normal_quantile
from corrtest.analysis.pairs import StudyTable
from corrtest.analysis.rows import DEFAULT_OUTCOMES
from corrtest.errors import AnalysisError


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
        _wave(table, positives_of(table, chosen), outcome, criterion, str(place))
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
        note=f"Clustered by employer; {both} employers are in both waves.",
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
    shared = [name for name in positives_of(baseline, chosen) if name in positives_of(follow_up, chosen)]
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
        raise AnalysisError("The two waves have nothing in common to compare. " + " ".join(notes))
    if baseline.simulated or follow_up.simulated:
        notes.insert(0, "Simulated reactions, no measurement.")
    return Comparisons(comparisons=tuple(found), notes=tuple(notes), inputs={"labels": list(labels)})


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
        raise AnalysisError(f"There is no outcome '{outcome}'. Use one of: {', '.join(positives)}.")
    keep = np.ones(len(table), dtype=np.bool_)
    if criterion is not None and "criterion" in table.frame:
        keep = (table.frame["criterion"] == criterion).to_numpy(dtype=np.bool_)
    if not keep.any():
        raise AnalysisError(f"A wave has no pair of the criterion '{criterion}'.")
    employers = (
        table.frame["employer"].astype(str).to_numpy()[keep]
        if "employer" in table.frame
        else np.array([f"{name}-{row}" for row in np.flatnonzero(keep)])
    )
    positive = positives[outcome]
    if isinstance(table, ApplicationsTable):
        return _of_applications(np.asarray(positive)[keep].astype(float), table.treated[keep].astype(float), employers)
    return _of_pairs(positive[0][keep].astype(float), positive[1][keep].astype(float), employers)


def _of_pairs(control: FloatArray, treated: FloatArray, employers: np.ndarray) -> _Wave:
    _require_positives(control.sum(), treated.sum())
    any_positive = np.maximum(control, treated)
    difference = float((treated - control).mean())
    net = float((control - treated).sum() / any_positive.sum())
    return _Wave(
        employers=employers,
        log_ratio=float(np.log(treated.sum() / control.sum())),
        difference=difference,
        net=net,
        of_log_ratio=treated / treated.sum() - control / control.sum(),
        of_difference=(treated - control - difference) / len(control),
        of_net=(control - treated - net * any_positive) / any_positive.sum(),
    )


def _of_applications(positive: FloatArray, treated: FloatArray, employers: np.ndarray) -> _Wave:
    n1, n0 = treated.sum(), (1 - treated).sum()
    x1, x0 = positive @ treated, positive @ (1 - treated)
    _require_positives(float(x0), float(x1))
    p1, p0 = x1 / n1, x0 / n0
    of_treated, of_control = treated * (positive - p1) / n1, (1 - treated) * (positive - p0) / n0
    return _Wave(
        employers=employers,
        log_ratio=float(np.log(p1 / p0)),
        difference=float(p1 - p0),
        net=None,
        of_log_ratio=of_treated / p1 - of_control / p0,
        of_difference=of_treated - of_control,
        of_net=np.zeros_like(positive),
    )


def _require_positives(control: float, treated: float) -> None:
    if control == 0 or treated == 0:
        raise AnalysisError("In one of the waves an arm had no positive reaction, so that there is no ratio.")
