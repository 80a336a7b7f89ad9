"""The discrimination ratio: positive rate treated ÷ control; below 1 the treated arm is at a disadvantage.

Which interval? Fagerland, Lydersen and Laake (2014) recommend Tang's score interval, above all where rates are low,
and Bonett and Price's hybrid as a closed form; the log-Wald interval is here to compare with older work only.
Tang's is the default. Of independent arms it is Donner and Zou's (2012, Statistical Methods in Medical Research
21:347), made of Wilson's limits.

Without a positive reaction to the control the ratio is unbounded (inf), and with none at all undefined (nan).
"""

from __future__ import annotations

import numpy as np

from corrtest.analysis.statistics.few import few_discordant
from corrtest.analysis.statistics.of_arms import ArmStatistic, Precision, few_note, undefined_note, wilson_limits
from corrtest.analysis.statistics.of_pairs import PairedStatistic
from corrtest.analysis.statistics.rate_difference import BONETT_PRICE, SKEWNESS_CORRECTED
from corrtest.analysis.statistics.score import ratio_root
from corrtest.analysis.statistics.statistic import Method, everywhere
from corrtest.analysis.statistics.wilson import wilson, wilson_at
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


def discrimination_ratio(tables: PairedTables) -> FloatArray:
    """Compute the positives of the treated arm over those of the control arm."""
    return divide(tables.treated_positives, tables.control_positives)


def log_ratio_variance(tables: PairedTables) -> FloatArray:
    """Compute the variance of the log ratio, (b + c) / (x_control · x_treated), as pairs have it.

    The formula for independent groups, 1/x − 1/n for each arm, ignores what the arms share and is too large for
    pairs.
    """
    return divide(tables.discordant, tables.control_positives * tables.treated_positives)


def wald_log(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute φ·exp(± z √((b + c)/(x₁x₂))); no limits where that has no width or an arm has no positive reaction."""
    value = discrimination_ratio(tables)
    with np.errstate(invalid="ignore", over="ignore"):
        half = normal_quantile(confidence_level) * np.sqrt(log_ratio_variance(tables))
        interval = Intervals(value, value * np.exp(-half), value * np.exp(half)).without_zero_width()
    usable = (tables.control_positives > 0) & (tables.treated_positives > 0)
    return Intervals(value, np.where(usable, interval.lower, np.nan), np.where(usable, interval.upper, np.nan))


def tang_at(tables: PairedTables, z: FloatArray) -> Intervals:
    """Compute Tang's score interval (2003) at the quantile `z`, one a table: the default.

    It is the same as Nam and Blackwelder's (2002). At φ = 1 its score is McNemar's, so it leaves out 1 exactly where
    the asymptotic test rejects. Coverage at 95 % where 10 or more discordant pairs are expected: 0.946 to 0.957
    (analysis/calibration/exact).
    """
    value = discrimination_ratio(tables)
    return _score_interval(tables, value, z, skewness_corrected=False)


def score_skewness_corrected(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute the skewness-corrected score interval (Laud 2017; ratesci 1.0), without its variance bias correction.

    The value is where the corrected score is 0. Without discordant pairs that holds at φ and at 1/φ; then the value
    is 1.
    """
    z = np.full_like(tables.pairs, normal_quantile(confidence_level))
    zero = np.zeros_like(z)
    value = ratio_root(tables, zero, zero, zero + np.inf, skewness_corrected=True)
    value = np.where(tables.control_only == tables.treated_only, 1.0, value)
    value = np.where(tables.control_positives == 0, np.inf, value)
    return _score_interval(tables, value, z, skewness_corrected=True)


def bonett_price(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute the hybrid of two Wilson intervals at a reduced quantile.

    Source: Bonett and Price 2006, Biometrical Journal 48:1080; formula as in Fagerland, Lydersen and Laake 2014.
    """
    positive = tables.any_positive
    x_treated, x_control = tables.treated_positives, tables.control_positives
    joint = np.sqrt((tables.discordant + 2) / ((x_treated + 1) * (x_control + 1)))
    apart = np.sqrt((1 - (x_treated + 1) / (positive + 2)) / (x_treated + 1)) + np.sqrt(
        (1 - (x_control + 1) / (positive + 2)) / (x_control + 1)
    )
    z = normal_quantile(confidence_level) * joint / apart
    treated, control = wilson_at(x_treated, positive, z), wilson_at(x_control, positive, z)
    return Intervals(
        discrimination_ratio(tables),
        divide(treated.lower, control.upper),
        divide(treated.upper, control.lower),
    )


def mover_wilson(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Recover the variance of the ratio from Wilson's limits of the two rates and their correlation.

    Source: Donner and Zou 2012, Statistical Methods in Medical Research 21:347; formula as in Fagerland et al.
    2014.
    """
    n = tables.pairs
    treated = wilson(tables.treated_positives, n, confidence_level)
    control = wilson(tables.control_positives, n, confidence_level)
    product = (
        tables.treated_positives
        * (n - tables.treated_positives)
        * tables.control_positives
        * (n - tables.control_positives)
    )
    cross = tables.both * tables.neither - tables.control_only * tables.treated_only
    correlation = np.where(product > 0, divide(cross, np.sqrt(product)), 0.0)
    p_t, p_c = treated.value, control.value
    lower = _mover_limit(p_t, p_c, p_t - treated.lower, control.upper - p_c, correlation, sign=-1)
    upper = _mover_limit(p_t, p_c, treated.upper - p_t, p_c - control.lower, correlation, sign=1)
    lower = np.maximum(lower, 0.0)
    upper = np.where((tables.control_positives == 0) | ~(upper >= 0), np.inf, upper)
    undefined = tables.any_positive == 0
    return Intervals(
        discrimination_ratio(tables),
        np.where(undefined, np.nan, lower),
        np.where(undefined, np.nan, upper),
    ).without_zero_width()


def _mover_limit(
    p_t: FloatArray, p_c: FloatArray, reach_t: FloatArray, reach_c: FloatArray, correlation: FloatArray, *, sign: int
) -> FloatArray:
    """Solve for one limit, given how far the limits it is made of lie from their rates.

    Written in distances, the discriminant has no difference of nearly equal squares, which among 10⁹ pairs would be
    all rounding.
    """
    crossed = (p_t * reach_c - p_c * reach_t) ** 2
    apart = 1 - correlation
    shared = reach_t * reach_c
    root = np.sqrt(np.maximum(crossed + apart * shared * (2 * p_t * p_c - (1 + correlation) * shared), 0.0))
    # One limit lies below its rate and the other above, so that they leave in opposite directions.
    with np.errstate(invalid="ignore", divide="ignore"):
        beyond = (p_c - reach_c) * (p_c + reach_c)
        return np.asarray((p_t * p_c - correlation * shared + sign * root) / beyond, dtype=np.float64)


def _score_interval(tables: PairedTables, value: FloatArray, z: FloatArray, *, skewness_corrected: bool) -> Intervals:
    zero = np.zeros_like(value)
    known = np.where(np.isnan(value), 1.0, value)
    lower, upper = ratio_root(
        tables.doubled(),
        np.stack([z, -z]),
        np.stack([zero, known]),
        np.stack([known, zero + np.inf]),
        skewness_corrected=skewness_corrected,
    )
    lower = np.where(tables.treated_positives == 0, 0.0, lower)
    upper = np.where(tables.control_positives == 0, np.inf, upper)
    undefined = tables.any_positive == 0
    return Intervals(
        np.where(undefined, np.nan, value),
        np.where(undefined, np.nan, lower),
        np.where(undefined, np.nan, upper),
    )


def _slopes(tables: PairedTables) -> FloatArray:
    control, treated = 1 / tables.control_positives, 1 / tables.treated_positives
    return np.stack([treated - control, -control, treated, np.zeros_like(control)], axis=-1)


def _note(counts: PairedCounts, method: str, upper: float) -> str | None:
    if counts.any_positive == 0:
        return keep("No positive reaction at all: undefined.")
    if counts.control_positives == 0:
        unbounded = keep("No positive reaction to the control: the ratio is unbounded above")
        return (
            keep("{unbounded}, and this method has no interval.", unbounded=unbounded)
            if method == "wald_log"
            else f"{unbounded}."
        )
    if method == "wald_log" and counts.treated_positives == 0:
        return keep(
            "No positive reaction to the treated arm: the log ratio is undefined, and so is this method's interval."
        )
    if np.isnan(upper):
        return keep("This method's interval would have no width here and is not shown; use Tang's.")
    if upper == float("inf"):
        return keep("This method gives no upper limit here.")
    return None


def _ratio_of_arms(tables: ArmTables) -> FloatArray:
    return divide(tables.treated_rate, tables.control_rate)


def _slopes_of_arms(tables: ArmTables) -> FloatArray:
    x0, n0, x1, n1 = (
        tables.control_positives,
        tables.control_applications,
        tables.treated_positives,
        tables.treated_applications,
    )
    return np.stack([1 / n0 - 1 / x0, 1 / n0, 1 / x1 - 1 / n1, -1 / n1], axis=-1)


def _donner_zou(tables: ArmTables, precision: Precision) -> Intervals:
    control, treated = wilson_limits(tables, precision)
    value = divide(treated.value, control.value)
    p_t, p_c = treated.value, control.value
    lower = _mover_limit(p_t, p_c, p_t - treated.lower, control.upper - p_c, precision.correlation, sign=-1)
    upper = _mover_limit(p_t, p_c, treated.upper - p_t, p_c - control.lower, precision.correlation, sign=1)
    upper = np.where(control.value == 0, np.inf, upper)
    lower = np.where(treated.value == 0, 0.0, lower)
    undefined = ~(treated.value + control.value > 0) | np.isnan(control.lower + treated.lower)
    return Intervals(value, np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper))


def _note_of_arms(counts: ArmCounts, method: str, upper: float) -> str | None:
    if undefined := undefined_note(counts):
        return undefined
    if counts.any_positive == 0:
        return keep("No positive reaction at all: undefined.")
    if counts.control_positive == 0:
        return keep("No positive control: unbounded above.")
    return few_note(counts)


_LABEL = {
    "en": "discrimination ratio (treated ÷ control)",
    "nl": "discriminatieratio (test ÷ controle)",
    "fr": "ratio de discrimination (test ÷ témoin)",
    "de": "Diskriminierungsverhältnis (Test ÷ Kontrolle)",
}
_WALD_LOG = {
    "en": "Wald, on the log scale",
    "nl": "Wald, op logschaal",
    "fr": "Wald, sur l'échelle logarithmique",
    "de": "Wald, auf der Log-Skala",
}
_DONNER_ZOU = {
    "en": "Donner and Zou (Wilson)",
    "nl": "Donner en Zou (Wilson)",
    "fr": "Donner et Zou (Wilson)",
    "de": "Donner und Zou (Wilson)",
}
OF_PAIRS = PairedStatistic(
    name="discrimination_ratio",
    label=_LABEL,
    value=discrimination_ratio,
    gradient=_slopes,
    denominator=(2.0, 1.0, 1.0, 0.0),
    ratio=True,
    range=(0.0, np.inf),
    default="tang",
    default_label=everywhere("score (Tang)"),
    score=tang_at,
    others={
        "wald_log": Method(label=_WALD_LOG, interval=wald_log),
        "bonett_price": Method(label=BONETT_PRICE, interval=bonett_price),
        "mover_wilson": Method(label=everywhere("MOVER (Wilson)"), interval=mover_wilson),
        "score_skewness_corrected": Method(label=SKEWNESS_CORRECTED, interval=score_skewness_corrected),
    },
    note=_note,
    few=few_discordant(94, 99.9),
)
OF_ARMS = ArmStatistic(
    name="discrimination_ratio",
    label=_LABEL,
    value=_ratio_of_arms,
    gradient=_slopes_of_arms,
    ratio=True,
    range=(0.0, np.inf),
    default="mover_wilson_independent",
    default_label=_DONNER_ZOU,
    score=_donner_zou,
    note=_note_of_arms,
)
STATISTICS = (OF_PAIRS, OF_ARMS)
