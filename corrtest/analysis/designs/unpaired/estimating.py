"""From counts of two arms to results of every group of a margin.

Where an employer got several applications, each arm's variance is taken between employers by linearisation, as for
pairs (`clusters`): its ratio to the variance of independent applications is the arm's design effect, and Wilson's
limits are computed at the effective number of applications. Employers with applications of both arms make the two
rates correlated; the correlation enters the limits of difference and ratio. Quantiles are Student's, on one less than
the employers of an arm for its rate, and on two less than all employers for difference and ratio.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.special import stdtr, stdtrit

from corrtest.analysis.designs.robust import CLUSTER_METHOD, WEIGHTED_METHOD
from corrtest.analysis.designs.unpaired.chi_squared import chi_squared, chi_squared_note
from corrtest.analysis.designs.unpaired.counting import ArmClusters, ArmMargin
from corrtest.analysis.designs.unpaired.log_ratios import log_ratio_of_independent_arms
from corrtest.analysis.group_result import Estimate, GroupResult, TestResult, described
from corrtest.analysis.statistics import OF_ARMS, ArmStatistic, Precision
from corrtest.analysis.tables import ArmCounts, ArmTables, FloatArray, Intervals, Tests, divide, normal_quantile
from corrtest.language import keep, keep_together

# Student's t on two less than the clusters needs as many.
FEWEST = 3


def arm_results(counts: ArmMargin, outcome: str, *, confidence_level: float, cluster: bool = True) -> list[GroupResult]:
    """Return the results of every group of one margin for one outcome.

    A group in which an employer got more than one application gets clustered intervals and a clustered test, and a
    weighted one linearised intervals; the others get Newcombe's and the chi-squared test.
    """
    z = normal_quantile(confidence_level)
    clustered = counts.repeated if cluster else np.zeros_like(counts.repeated)
    clustered = clustered | counts.weighted
    plain = _intervals(counts.tables, Precision.independent(counts.tables, z))
    plain_test = chi_squared(counts.tables)
    robust, robust_test = plain, plain_test
    if clustered.any():
        moments = Moments(counts)
        robust = _intervals(counts.tables, moments.precision((1 - confidence_level) / 2))
        robust_test = moments.test(plain_test)
    return [
        _group(
            counts,
            place,
            outcome,
            confidence_level,
            robust if clustered[place] else plain,
            robust_test if clustered[place] else plain_test,
            bool(clustered[place]),
        )
        for place in range(len(counts.keys))
    ]


def _intervals(tables: ArmTables, precision: Precision) -> dict[str, Intervals]:
    """Return the interval of each statistic; nan where an arm has no application."""
    return {name: statistic.at(tables, precision) for name, statistic in OF_ARMS.items()}


class Moments:
    """Variances of both rates between clusters, their covariance, and how many clusters they come from."""

    def __init__(self, counts: ArmMargin) -> None:
        tables, groups = counts.tables, len(counts.keys)
        self.tables = tables
        self.control_variance, self.treated_variance, self.covariance = (np.zeros(groups) for _ in range(3))
        clusters: list[FloatArray] = []
        for place, (sign, way) in enumerate(counts.ways):
            control, treated = _influences(way, tables.control_rate, tables.treated_rate)
            summed = partial(_summed, way, groups)
            k = summed(np.ones(len(way.group)))
            k_control, k_treated = (
                summed((way.sums[:, place] + way.sums[:, place + 1] > 0).astype(np.float64)) for place in (0, 2)
            )
            by_control = _corrected(summed(control**2), k_control)
            by_treated = _corrected(summed(treated**2), k_treated)
            if place == 0:
                alone = by_control, by_treated
            self.control_variance += sign * by_control
            self.treated_variance += sign * by_treated
            self.covariance += sign * _corrected(summed(control * treated), k)
            if sign > 0:
                # Where the second column says nothing of an application, that one is no cluster to learn from.
                several = summed((way.sums.sum(axis=1) > 1).astype(np.float64))
                fewest = np.where((place == 0) | (several == 0), np.inf, several)
                clusters.append(np.minimum(np.stack([k, k_control, k_treated]), fewest))
        # With few clusters of the second way what is taken off can outweigh what is added.
        self.control_variance = np.maximum(self.control_variance, alone[0])
        self.treated_variance = np.maximum(self.treated_variance, alone[1])
        self.clusters, self.control_clusters, self.treated_clusters = np.min(clusters, axis=0)
        n0, n1 = tables.control_applications, tables.treated_applications
        self.control_variance = divide(self.control_variance, n0**2)
        self.treated_variance = divide(self.treated_variance, n1**2)
        self.covariance = divide(self.covariance, n0 * n1)
        p0, p1 = tables.control_rate, tables.treated_rate
        self.control_independent, self.treated_independent = divide(p0 * (1 - p0), n0), divide(p1 * (1 - p1), n1)

    def precision(self, tail: float) -> Precision:
        """Return design effects (at least 1), correlation and Student's quantiles."""
        with np.errstate(invalid="ignore"):
            spread = np.sqrt(self.control_variance * self.treated_variance)
        return Precision(
            control_effect=self._effect(
                self.control_variance,
                self.control_independent,
                self.tables.control_applications,
                self.control_clusters,
            ),
            treated_effect=self._effect(
                self.treated_variance,
                self.treated_independent,
                self.tables.treated_applications,
                self.treated_clusters,
            ),
            correlation=np.clip(np.where(spread > 0, divide(self.covariance, spread), 0.0), -1.0, 1.0),
            control_quantile=_student(self.control_clusters - 1, tail),
            treated_quantile=_student(self.treated_clusters - 1, tail),
            joint_quantile=_student(self.clusters - 2, tail),
        )

    def test(self, plain: Tests) -> Tests:
        """Divide the chi-squared statistic by the design effect of the difference (Rao and Scott 1981).

        The effect is that of the interval: each arm's at least 1, less what the arms share where clusters have both.
        """
        between = self.control_variance + self.treated_variance - 2 * self.covariance
        precision = self.precision(0.025)
        control = precision.control_effect * self.control_independent
        treated = precision.treated_effect * self.treated_independent
        shared = precision.correlation * np.sqrt(control * treated)
        effect = divide(control + treated - 2 * shared, self.control_independent + self.treated_independent)
        statistic = divide(plain.statistic, effect)
        df = self.clusters - 2
        usable = (df >= 1) & np.isfinite(statistic) & (between > 0)
        pvalue = 2 * stdtr(np.maximum(df, 1), -np.sqrt(np.where(usable, statistic, 0.0)))
        return Tests(np.where(usable, statistic, np.nan), np.where(usable, pvalue, np.nan))

    @staticmethod
    def _effect(
        variance: FloatArray, independent: FloatArray, applications: FloatArray, clusters: FloatArray
    ) -> FloatArray:
        effect = divide(variance, independent)
        # Where nothing varies between employers, each counts as one application: the least that it can be worth.
        assumed = ~(np.isfinite(effect) & (independent > 0) & (variance > 0))
        fewest = divide(applications, np.maximum(clusters, 1.0))
        return np.maximum(np.where(assumed, fewest, effect), 1.0)


def _influences(way: ArmClusters, control: FloatArray, treated: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return each cluster's positives less what its applications would have at the group's rate, for both arms."""
    control_positive, control_other, treated_positive, treated_other = way.sums.T.astype(np.float64)
    rates = [np.nan_to_num(rate)[way.group] for rate in (control, treated)]
    return (
        control_positive - rates[0] * (control_positive + control_other),
        treated_positive - rates[1] * (treated_positive + treated_other),
    )


def _summed(way: ArmClusters, groups: int, values: FloatArray) -> FloatArray:
    return np.bincount(way.group, weights=values, minlength=groups).astype(np.float64)


def _corrected(total: FloatArray, clusters: FloatArray) -> FloatArray:
    return np.where(clusters > 1, total * clusters / np.maximum(clusters - 1, 1.0), np.nan)


def _student(df: FloatArray, tail: float) -> FloatArray:
    return np.where(df >= 1, -stdtrit(np.maximum(df, 1.0), tail), np.nan)


def _group(
    counts: ArmMargin,
    place: int,
    outcome: str,
    confidence_level: float,
    found: dict[str, Intervals],
    test: Tests,
    clustered: bool,
) -> GroupResult:
    control_positive, control_other, treated_positive, treated_other = (int(cell) for cell in counts.cells[place])
    cells = ArmCounts(
        control_positive=control_positive,
        control_other=control_other,
        treated_positive=treated_positive,
        treated_other=treated_other,
    )
    cluster_note = _cluster_note(counts, place) if clustered else None
    method = WEIGHTED_METHOD if counts.weighted else CLUSTER_METHOD
    return GroupResult(
        **described(counts, place),
        outcome=outcome,
        pairs=cells.applications,
        counts=cells,
        estimates=tuple(
            arm_estimate(
                statistic,
                cells,
                found[name],
                place,
                confidence_level,
                method=method if clustered else None,
                also=cluster_note,
            )
            for name, statistic in OF_ARMS.items()
            if statistic.standard
        ),
        tests=(_test(cells, float(test.statistic[place]), float(test.pvalue[place]), clustered),),
    )


def arm_estimate(
    statistic: ArmStatistic,
    cells: ArmCounts,
    found: Intervals,
    place: int,
    confidence_level: float,
    *,
    method: str | None = None,
    also: str | None = None,
) -> Estimate:
    """Return one estimate with its note; `method` is that of clustered intervals, `also` how they were made."""
    value, lower, upper = (float(part[place]) for part in found)
    name = method or statistic.default
    said = statistic.note and statistic.note(cells, name, upper)
    note = keep_together((said, also)) or None
    return Estimate.of(statistic.name, name, (value, lower, upper), confidence_level, note)


def _test(cells: ArmCounts, statistic: float, pvalue: float, clustered: bool) -> TestResult:
    name = "chi_squared_cluster_robust" if clustered else "chi_squared"
    if np.isnan(pvalue):
        return TestResult(
            name=name,
            statistic=None,
            pvalue=None,
            note=keep("Too few employers, or nothing varies between them: undefined.")
            if clustered
            else chi_squared_note(cells),
        )
    note = keep("Allows for several applications of one employer, and for weights.") if clustered else None
    return TestResult(name=name, statistic=statistic, pvalue=pvalue, note=note)


def _cluster_note(counts: ArmMargin, place: int) -> str:
    weighted = keep("Weighted. ") if counts.weighted else ""
    fewest = min(int(np.sum(way.group == place)) for sign, way in counts.ways if sign > 0)
    if fewest < FEWEST:
        return keep(
            "{weighted}All applications are of {fewest} clusters: too few for an interval.",
            weighted=weighted,
            fewest=fewest,
        )
    if counts.clustered_by != ("employer",):
        return keep(
            "{weighted}Clustered by {clustered_by}: Wilson's limits at the effective numbers.",
            weighted=weighted,
            clustered_by=" and ".join(counts.clustered_by),
        )
    if counts.employers is None or counts.employer_sizes is None:
        return keep("{weighted}Wilson's limits at the effective numbers.", weighted=weighted)
    employers, largest = int(counts.employers[place]), max(counts.employer_sizes[place])
    return keep(
        "{weighted}Clustered by employer ({employers} employers, at most {largest} applications each): "
        "Wilson's limits at the effective numbers.",
        weighted=weighted,
        employers=employers,
        largest=largest,
    )


def weighted_pvalues(counts: ArmMargin) -> FloatArray:
    """Return the p-value of each weighted group: chi-squared, divided by the design effect between clusters."""
    return Moments(counts).test(chi_squared(counts.tables)).pvalue


def arm_log_ratios(counts: ArmMargin, *, cluster: bool = True) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Return each group's log ratio, its variance, and whether half an application was added to every cell.

    Where employers have several applications the variance is at least that of independent ones.
    """
    tables = counts.tables
    effects, variances, sparse = log_ratio_of_independent_arms(
        tables.control_positives, tables.control_applications, tables.treated_positives, tables.treated_applications
    )
    if counts.weighted or (cluster and counts.repeated.any()):
        moments = Moments(counts)
        p0, p1 = tables.control_rate, tables.treated_rate
        between = (
            divide(moments.control_variance, p0**2)
            + divide(moments.treated_variance, p1**2)
            - 2 * divide(moments.covariance, p0 * p1)
        )
        usable = np.isfinite(between) & ~sparse
        variances = np.where(usable, np.fmax(between, variances), variances)
    return effects, variances, sparse
