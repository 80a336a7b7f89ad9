"""Positive rates of an arm, over all its applications; of pairs and of independent arms."""

from __future__ import annotations

import numpy as np

from corrtest.analysis.statistics.few import few_reactions
from corrtest.analysis.statistics.of_arms import (
    ArmStatistic,
    Precision,
    control_limits,
    empty_arm,
    treated_limits,
    undefined_note,
)
from corrtest.analysis.statistics.of_pairs import PairedStatistic
from corrtest.analysis.statistics.statistic import Method, everywhere
from corrtest.analysis.statistics.wilson import wilson, wilson_adjusted_at
from corrtest.analysis.tables import (
    ArmCounts,
    ArmTables,
    FloatArray,
    Intervals,
    PairedCounts,
    PairedTables,
    divide,
)

_CONTROL_LABEL = {
    "en": "positive rate of the control candidates",
    "nl": "aandeel positief, controlekandidaten",
    "fr": "chance des candidats témoins",
    "de": "Chance der Kontrollkandidaten",
}
_TREATED_LABEL = {
    "en": "positive rate of the treated candidates",
    "nl": "aandeel positief, testkandidaten",
    "fr": "chance des candidats test",
    "de": "Chance der Testkandidaten",
}
_ADJUSTED = {
    "en": "Wilson, adjusted",
    "nl": "Wilson, aangepast",
    "fr": "Wilson, ajusté",
    "de": "Wilson, angepasst",
}


def control_rate(tables: PairedTables) -> FloatArray:
    """Compute the control arm's positives over all pairs."""
    return divide(tables.control_positives, tables.pairs)


def treated_rate(tables: PairedTables) -> FloatArray:
    """Compute the treated arm's positives over all pairs."""
    return divide(tables.treated_positives, tables.pairs)


def _slopes(rate: FloatArray, trials: FloatArray, positive: tuple[int, ...]) -> FloatArray:
    """Return the derivatives of a rate by four cells, 1 in `positive` for those that count as positive."""
    return np.stack([(mark - rate) / trials for mark in positive], axis=-1)


def _arm_slopes(rate: FloatArray, trials: FloatArray, *, treated: bool) -> FloatArray:
    zero = np.zeros_like(rate)
    own = [(1 - rate) / trials, -rate / trials]
    return np.stack([zero, zero, *own] if treated else [*own, zero, zero], axis=-1)


def _few_control(counts: PairedCounts, effect: float) -> str | None:
    return few_reactions(counts.control_positives, counts.pairs - counts.control_positives, effect)


def _few_treated(counts: PairedCounts, effect: float) -> str | None:
    return few_reactions(counts.treated_positives, counts.pairs - counts.treated_positives, effect)


def _control_note(counts: ArmCounts, method: str, upper: float) -> str | None:
    return undefined_note(counts) if empty_arm(counts) == "control" else None


def _treated_note(counts: ArmCounts, method: str, upper: float) -> str | None:
    return undefined_note(counts) if empty_arm(counts) == "treated" else None


def _control_of_arms(tables: ArmTables, precision: Precision) -> Intervals:
    return control_limits(tables, precision, wilson_adjusted_at, precision.control_quantile)


def _treated_of_arms(tables: ArmTables, precision: Precision) -> Intervals:
    return treated_limits(tables, precision, wilson_adjusted_at, precision.treated_quantile)


CONTROL = PairedStatistic(
    name="positive_rate_control",
    label=_CONTROL_LABEL,
    value=control_rate,
    gradient=lambda tables: _slopes(control_rate(tables), tables.pairs, (1, 1, 0, 0)),
    range=(0.0, 1.0),
    arm="control",
    default="wilson_adjusted",
    default_label=_ADJUSTED,
    score=lambda tables, z: wilson_adjusted_at(tables.control_positives, tables.pairs, z),
    others={
        "wilson": Method(
            label=everywhere("Wilson"),
            interval=lambda tables, level: wilson(tables.control_positives, tables.pairs, level),
        )
    },
    few=_few_control,
    depends_on=("control_positives",),
)
TREATED = PairedStatistic(
    name="positive_rate_treated",
    label=_TREATED_LABEL,
    value=treated_rate,
    gradient=lambda tables: _slopes(treated_rate(tables), tables.pairs, (1, 0, 1, 0)),
    range=(0.0, 1.0),
    arm="treated",
    default="wilson_adjusted",
    default_label=_ADJUSTED,
    score=lambda tables, z: wilson_adjusted_at(tables.treated_positives, tables.pairs, z),
    others={
        "wilson": Method(
            label=everywhere("Wilson"),
            interval=lambda tables, level: wilson(tables.treated_positives, tables.pairs, level),
        )
    },
    few=_few_treated,
    depends_on=("treated_positives",),
)
CONTROL_OF_ARMS = ArmStatistic(
    name="positive_rate_control",
    label=_CONTROL_LABEL,
    value=lambda tables: tables.control_rate,
    gradient=lambda tables: _arm_slopes(tables.control_rate, tables.control_applications, treated=False),
    range=(0.0, 1.0),
    arm="control",
    default="wilson_adjusted",
    default_label=_ADJUSTED,
    score=_control_of_arms,
    note=_control_note,
)
TREATED_OF_ARMS = ArmStatistic(
    name="positive_rate_treated",
    label=_TREATED_LABEL,
    value=lambda tables: tables.treated_rate,
    gradient=lambda tables: _arm_slopes(tables.treated_rate, tables.treated_applications, treated=True),
    range=(0.0, 1.0),
    arm="treated",
    default="wilson_adjusted",
    default_label=_ADJUSTED,
    score=_treated_of_arms,
    note=_treated_note,
)
STATISTICS = (CONTROL, TREATED, CONTROL_OF_ARMS, TREATED_OF_ARMS)
