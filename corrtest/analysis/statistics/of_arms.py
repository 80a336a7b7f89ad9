"""A statistic of two independent arms, and what its interval rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from corrtest.analysis.statistics.statistic import Statistic
from corrtest.analysis.statistics.wilson import wilson_at
from corrtest.analysis.tables import ArmCounts, ArmTables, FloatArray, Intervals, divide, normal_quantile
from corrtest.language import keep

FEW_POSITIVE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What the intervals rest on: design effects of both arms, correlation of their rates, and the quantiles."""

    control_effect: FloatArray
    treated_effect: FloatArray
    correlation: FloatArray
    control_quantile: FloatArray
    treated_quantile: FloatArray
    joint_quantile: FloatArray

    @classmethod
    def independent(cls, tables: ArmTables, z: float) -> Precision:
        """Return the precision of applications that are all independent of each other."""
        one, zero = np.ones_like(tables.applications), np.zeros_like(tables.applications)
        return cls(
            control_effect=one,
            treated_effect=one,
            correlation=zero,
            control_quantile=one * z,
            treated_quantile=one * z,
            joint_quantile=one * z,
        )


@dataclass(frozen=True, kw_only=True)
class ArmStatistic(Statistic[ArmTables, ArmCounts]):
    """A statistic of two arms; its cells are each arm's positive and other reactions, the control's first.

    `score` is the default interval given the precision of both arms; without one it is the linearised interval.
    """

    score: Callable[[ArmTables, Precision], Intervals] | None = None

    def at(self, tables: ArmTables, precision: Precision) -> Intervals:
        """Compute the default interval at the precision of both arms."""
        return self.linearised(tables, precision) if self.score is None else self.score(tables, precision)

    def interval(self, tables: ArmTables, confidence_level: float = 0.95) -> Intervals:
        """Compute the default interval as if all applications were independent."""
        return self.at(tables, Precision.independent(tables, normal_quantile(confidence_level)))

    def at_effect(self, tables: ArmTables, effect: FloatArray, confidence_level: float) -> Intervals:
        """Compute the default interval at the effective number of applications of both arms."""
        independent = Precision.independent(tables, normal_quantile(confidence_level))
        return self.at(tables, replace(independent, control_effect=effect, treated_effect=effect))

    def truth(self, control_rate: float, treated_rate: float) -> float:
        """Return the true value in a market with these positive rates of both arms."""
        cells = [[control_rate, 1 - control_rate, treated_rate, 1 - treated_rate]]
        return float(self.value(ArmTables.of_cells(np.array(cells))).item())

    def linearised(self, tables: ArmTables, precision: Precision) -> Intervals:
        """Compute value ± z standard errors, on the scale of the gradient; no limits without a gradient."""
        value = self.value(tables)
        if self.gradient is None:
            missing = np.full_like(value, np.nan)
            return Intervals(value, missing, missing)
        slopes = self.slopes(tables)
        of_cell = tables.cells * slopes**2
        control = of_cell[..., :2].sum(axis=-1) * precision.control_effect
        treated = of_cell[..., 2:].sum(axis=-1) * precision.treated_effect
        turn = np.sign(slopes[..., 0] * slopes[..., 2]) * precision.correlation
        variance = control + treated + 2 * turn * np.sqrt(control * treated)
        return self.around(value, precision.joint_quantile * np.sqrt(np.maximum(variance, 0.0)))


Limits = Callable[[FloatArray, FloatArray, FloatArray], Intervals]


def control_limits(tables: ArmTables, precision: Precision, method: Limits, z: FloatArray) -> Intervals:
    """Return the control arm's rate with its limits at the effective number of applications."""
    return _limits(tables.control_positives, tables.control_applications, precision.control_effect, method, z)


def treated_limits(tables: ArmTables, precision: Precision, method: Limits, z: FloatArray) -> Intervals:
    """Return the treated arm's rate with its limits at the effective number of applications."""
    return _limits(tables.treated_positives, tables.treated_applications, precision.treated_effect, method, z)


def wilson_limits(tables: ArmTables, precision: Precision) -> tuple[Intervals, Intervals]:
    """Return Wilson's limits of both rates, the control's first, as the interval of what compares them needs them."""
    z = precision.joint_quantile
    return control_limits(tables, precision, wilson_at, z), treated_limits(tables, precision, wilson_at, z)


def empty_arm(counts: ArmCounts) -> str:
    """Return the arm without an application, or nothing."""
    if counts.control_applications == 0:
        return "control"
    return "treated" if counts.treated_applications == 0 else ""


def undefined_note(counts: ArmCounts) -> str | None:
    """Say that an arm has no application."""
    empty = empty_arm(counts)
    return keep("No application of the {empty} arm: undefined.", empty=empty) if empty else None


def few_note(counts: ArmCounts) -> str | None:
    """Say that an arm has few positive reactions."""
    if min(counts.control_positive, counts.treated_positive) >= FEW_POSITIVE:
        return None
    return keep(
        "Few positive reactions ({control_positive} control, {treated_positive} treated): below "
        "{few_positive} in an arm the interval is wide, and its level an approximation.",
        control_positive=counts.control_positive,
        treated_positive=counts.treated_positive,
        few_positive=FEW_POSITIVE,
    )


def _limits(
    positives: FloatArray, applications: FloatArray, effect: FloatArray, method: Limits, z: FloatArray
) -> Intervals:
    usable = (applications > 0) & np.isfinite(z)
    found = method(
        np.where(usable, positives, 0.0) / effect,
        np.where(usable, applications, 1.0) / effect,
        np.where(usable, z, 1.0),
    )
    return Intervals(
        divide(positives, applications),
        np.where(usable, found.lower, np.nan),
        np.where(usable, found.upper, np.nan),
    )
