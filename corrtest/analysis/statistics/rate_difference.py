"""The difference of positive rates, treated − control: below 0 the treated arm is at a disadvantage.

Which interval? Fagerland, Lydersen and Laake (2014, Statistics in Medicine 33:2850) recommend Tango's score
interval, with Newcombe's and Bonett and Price's as simpler alternatives; Wald's is here to compare with older work
only. Tango's is the default. Of independent arms it is Newcombe's hybrid score (1998, Statistics in Medicine 17:873,
method 10); where employers got applications of both arms, the correlation of the two rates enters as in that paper.
"""

from __future__ import annotations

import numpy as np

from corrtest.analysis.statistics.few import few_discordant
from corrtest.analysis.statistics.of_arms import ArmStatistic, Precision, few_note, undefined_note, wilson_limits
from corrtest.analysis.statistics.of_pairs import PairedStatistic
from corrtest.analysis.statistics.score import difference_root
from corrtest.analysis.statistics.statistic import Method, everywhere
from corrtest.analysis.statistics.wilson import wilson
from corrtest.analysis.tables import (
    ArmCounts,
    ArmTables,
    FloatArray,
    Intervals,
    PairedCounts,
    PairedTables,
    divide,
    normal_quantile,
)
from corrtest.language import keep


def rate_difference(tables: PairedTables) -> FloatArray:
    """Compute (treated only − control only) / pairs."""
    return (tables.treated_only - tables.control_only) / tables.pairs


def wald(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute Wald's interval, d ± z √(b + c − (b − c)²/n) / n; no limits where that has no width."""
    value = rate_difference(tables)
    half = _half_width(tables.control_only, tables.treated_only, tables.pairs, confidence_level)
    return _bounded(value, value - half, value + half).without_zero_width()


def agresti_min(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute Wald's interval with half a pair added to each cell.

    Source: Agresti and Min 2005, Statistics in Medicine 24:729.
    """
    b, c, n = tables.control_only + 0.5, tables.treated_only + 0.5, tables.pairs + 2
    half = _half_width(b, c, n, confidence_level)
    return _bounded(rate_difference(tables), (c - b) / n - half, (c - b) / n + half)


def bonett_price(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute Wald's interval with Laplace rates (b + 1)/(n + 2), (c + 1)/(n + 2).

    Source: Bonett and Price 2012, Journal of Educational and Behavioral Statistics 37:479.
    """
    n = tables.pairs + 2
    p_control, p_treated = (tables.control_only + 1) / n, (tables.treated_only + 1) / n
    centre = p_treated - p_control
    half = normal_quantile(confidence_level) * np.sqrt((p_control + p_treated - centre**2) / n)
    return _bounded(rate_difference(tables), centre - half, centre + half)


def newcombe(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute Newcombe's square-and-add interval from Wilson's limits and a corrected correlation.

    Source: Newcombe 1998, Statistics in Medicine 17:2635, method 10.
    """
    treated = wilson(tables.treated_positives, tables.pairs, confidence_level)
    control = wilson(tables.control_positives, tables.pairs, confidence_level)
    psi = _newcombe_correlation(tables)
    value = rate_difference(tables)
    below_t, above_t = treated.value - treated.lower, treated.upper - treated.value
    below_c, above_c = control.value - control.lower, control.upper - control.value
    lower = value - np.sqrt(np.maximum(below_t**2 + above_c**2 - 2 * psi * below_t * above_c, 0.0))
    upper = value + np.sqrt(np.maximum(below_c**2 + above_t**2 - 2 * psi * below_c * above_t, 0.0))
    return _bounded(value, lower, upper)


def tango_at(tables: PairedTables, z: FloatArray) -> Intervals:
    """Compute Tango's score interval (1998) at the quantile `z`, one a table: the default.

    At δ = 0 its score is McNemar's, so it leaves out 0 exactly where the asymptotic test rejects.
    Coverage at 95 % where 10 or more discordant pairs are expected: 0.940 to 0.957 (analysis/calibration/exact).
    """
    return _score_interval(tables, rate_difference(tables), z, skewness_corrected=False)


def score_skewness_corrected(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute the skewness-corrected score interval (Laud 2017; ratesci 1.0), without its variance bias correction.

    The value is where the corrected score is 0, a little beyond the observed difference. Without discordant pairs
    it is 0 at two points, one either side of 0; then the value is the observed difference, 0.
    """
    z = normal_quantile(confidence_level)
    ends = np.ones_like(tables.pairs)
    zero = np.zeros_like(ends)
    value = difference_root(tables, zero, -ends, ends, skewness_corrected=True)
    value = np.where(tables.control_only == tables.treated_only, 0.0, value)
    return _score_interval(tables, value, zero + z, skewness_corrected=True)


def _score_interval(tables: PairedTables, value: FloatArray, z: FloatArray, *, skewness_corrected: bool) -> Intervals:
    ends = np.ones_like(value)
    lower, upper = difference_root(
        tables.doubled(),
        np.stack([z, -z]),
        np.stack([-ends, value]),
        np.stack([value, ends]),
        skewness_corrected=skewness_corrected,
    )
    return Intervals(value, lower, upper)


def _half_width(b: FloatArray, c: FloatArray, n: FloatArray, confidence_level: float) -> FloatArray:
    spread = np.sqrt(np.maximum(b + c - (b - c) ** 2 / n, 0.0)) / n
    return np.asarray(normal_quantile(confidence_level) * spread, dtype=np.float64)


def _bounded(value: FloatArray, lower: FloatArray, upper: FloatArray) -> Intervals:
    return Intervals(value, np.maximum(lower, -1.0), np.minimum(upper, 1.0))


def _newcombe_correlation(tables: PairedTables) -> FloatArray:
    n = tables.pairs
    product = (
        tables.treated_positives
        * (n - tables.treated_positives)
        * tables.control_positives
        * (n - tables.control_positives)
    )
    cross = tables.both * tables.neither - tables.control_only * tables.treated_only
    shifted = np.where(cross > n / 2, cross - n / 2, np.where(cross >= 0, 0.0, cross))
    return np.where(product > 0, divide(shifted, np.sqrt(product)), 0.0)


def _slopes(tables: PairedTables) -> FloatArray:
    difference, n = rate_difference(tables), tables.pairs
    return np.stack([(mark - difference) / n for mark in (0, -1, 1, 0)], axis=-1)


def _note(counts: PairedCounts, method: str, upper: float) -> str | None:
    if method == "wald" and np.isnan(upper):
        return keep("Wald's interval would have no width here and is not shown; use Tango's.")
    return None


def _difference_of_arms(tables: ArmTables) -> FloatArray:
    return tables.treated_rate - tables.control_rate


def _slopes_of_arms(tables: ArmTables) -> FloatArray:
    p0, n0, p1, n1 = tables.control_rate, tables.control_applications, tables.treated_rate, tables.treated_applications
    return np.stack([-(1 - p0) / n0, p0 / n0, (1 - p1) / n1, -p1 / n1], axis=-1)


def _newcombe_of_arms(tables: ArmTables, precision: Precision) -> Intervals:
    control, treated = wilson_limits(tables, precision)
    correlation = precision.correlation
    value = treated.value - control.value
    down, up = treated.value - treated.lower, control.upper - control.value
    lower = value - np.sqrt(np.maximum(down**2 + up**2 - 2 * correlation * down * up, 0.0))
    up, down = treated.upper - treated.value, control.value - control.lower
    upper = value + np.sqrt(np.maximum(up**2 + down**2 - 2 * correlation * up * down, 0.0))
    return Intervals(value, lower, upper)


def _note_of_arms(counts: ArmCounts, method: str, upper: float) -> str | None:
    return undefined_note(counts) or few_note(counts)


_LABEL = {
    "en": "rate difference (treated − control)",
    "nl": "verschil in aandelen (test − controle)",
    "fr": "différence de chances (test − témoin)",
    "de": "Differenz der Chancen (Test − Kontrolle)",
}
SKEWNESS_CORRECTED = {
    "en": "score, corrected for skewness",
    "nl": "score, gecorrigeerd voor scheefheid",
    "fr": "score, corrigé pour l'asymétrie",
    "de": "Score, auf Schiefe korrigiert",
}
BONETT_PRICE = {
    "en": "Bonett and Price",
    "nl": "Bonett en Price",
    "fr": "Bonett et Price",
    "de": "Bonett und Price",
}
_AGRESTI_MIN = {
    "en": "Agresti and Min",
    "nl": "Agresti en Min",
    "fr": "Agresti et Min",
    "de": "Agresti und Min",
}
OF_PAIRS = PairedStatistic(
    name="rate_difference",
    label=_LABEL,
    value=rate_difference,
    gradient=_slopes,
    default="tango",
    default_label=everywhere("score (Tango)"),
    score=tango_at,
    others={
        "wald": Method(label=everywhere("Wald"), interval=wald),
        "agresti_min": Method(label=_AGRESTI_MIN, interval=agresti_min),
        "bonett_price": Method(label=BONETT_PRICE, interval=bonett_price),
        "newcombe": Method(label=everywhere("Newcombe"), interval=newcombe),
        "score_skewness_corrected": Method(label=SKEWNESS_CORRECTED, interval=score_skewness_corrected),
    },
    note=_note,
    few=few_discordant(93, 99.9),
    depends_on=("control_only", "treated_only"),
)
OF_ARMS = ArmStatistic(
    name="rate_difference",
    label=_LABEL,
    value=_difference_of_arms,
    gradient=_slopes_of_arms,
    default="newcombe_independent",
    default_label=everywhere("Newcombe"),
    score=_newcombe_of_arms,
    note=_note_of_arms,
)
STATISTICS = (OF_PAIRS, OF_ARMS)
