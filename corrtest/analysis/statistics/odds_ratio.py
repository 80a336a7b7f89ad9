"""The conditional odds ratio, treated only ÷ control only: the odds that a pair's one positive is the treated arm's.

Below 1 the treated arm is at a disadvantage, as with the discrimination ratio.

Every interval here is one for the share of the treated arm among the discordant pairs, π = c / (b + c), carried
over by π / (1 − π). Fagerland, Lydersen and Laake (2014) recommend Wilson's, the default. Each belongs to a form of
McNemar's test and leaves out 1 where that rejects: Wilson to the asymptotic, Clopper-Pearson to the exact, mid-p to
the mid-p form.

Without discordant pairs the odds ratio is undefined; with those of one kind alone it is 0 or unbounded.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import betaincinv

from corrtest.analysis.statistics.binomial import at_least, at_most
from corrtest.analysis.statistics.few import NO_DISCORDANT, few_discordant
from corrtest.analysis.statistics.of_pairs import PairedStatistic
from corrtest.analysis.statistics.statistic import Method, everywhere
from corrtest.analysis.statistics.wilson import wilson_at as wilson_share_at
from corrtest.analysis.tables import FloatArray, Intervals, PairedCounts, PairedTables, divide, normal_quantile
from corrtest.language import keep

_HALVINGS = 60


def odds_ratio(tables: PairedTables) -> FloatArray:
    """Compute treated only / control only."""
    return divide(tables.treated_only, tables.control_only)


def wald(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Compute (c/b)·exp(± z √(1/b + 1/c)); no limits where b or c is 0."""
    value = odds_ratio(tables)
    usable = (tables.control_only > 0) & (tables.treated_only > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = normal_quantile(confidence_level) * np.sqrt(1 / tables.control_only + 1 / tables.treated_only)
        lower, upper = value * np.exp(-half), value * np.exp(half)
    return Intervals(value, np.where(usable, lower, np.nan), np.where(usable, upper, np.nan))


def wilson_at(tables: PairedTables, z: FloatArray) -> Intervals:
    """Carry over Wilson's interval of the share at the quantile `z`, one a table: the default.

    Coverage at 95 % where 10 or more discordant pairs are expected: 0.940 to 0.962 (analysis/calibration/exact).
    """
    share = wilson_share_at(tables.treated_only, tables.discordant, z)
    return _carried_over(tables, share.lower, share.upper)


def clopper_pearson(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Carry over the exact interval of the share (Clopper and Pearson 1934)."""
    tail = (1 - confidence_level) / 2
    normal_quantile(confidence_level)
    b, c = tables.control_only, tables.treated_only
    lower = np.where(c > 0, betaincinv(np.maximum(c, 1), b + 1, tail), 0.0)
    upper = np.where(b > 0, betaincinv(c + 1, np.maximum(b, 1), 1 - tail), 1.0)
    return _carried_over(tables, lower, upper)


def midp(tables: PairedTables, confidence_level: float = 0.95) -> Intervals:
    """Carry over the mid-p form of the exact interval, in which the observed outcome counts half."""
    tail = (1 - confidence_level) / 2
    normal_quantile(confidence_level)
    c, m = tables.treated_only, tables.discordant

    def upper_tail(share: FloatArray) -> FloatArray:
        return np.asarray((at_least(c, m, share) + at_least(c + 1, m, share)) / 2)

    def lower_tail(share: FloatArray) -> FloatArray:
        return np.asarray((at_most(c, m, share) + at_most(c - 1, m, share)) / 2)

    lower = np.where(c > 0, _share_where(lambda share: upper_tail(share) < tail, m.shape), 0.0)
    upper = np.where(tables.control_only > 0, _share_where(lambda share: lower_tail(share) > tail, m.shape), 1.0)
    return _carried_over(tables, lower, upper)


def _share_where(holds: Callable[[FloatArray], np.ndarray], shape: tuple[int, ...]) -> FloatArray:
    """Bisect for the share up to which `holds` is true."""
    low, high = np.zeros(shape), np.ones(shape)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = holds(middle)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return (low + high) / 2


def _carried_over(tables: PairedTables, lower: FloatArray, upper: FloatArray) -> Intervals:
    undefined = tables.discordant == 0
    return Intervals(
        odds_ratio(tables),
        np.where(undefined, np.nan, divide(lower, 1 - lower)),
        np.where(undefined, np.nan, divide(upper, 1 - upper)),
    )


def _slopes(tables: PairedTables) -> FloatArray:
    zero = np.zeros_like(tables.pairs)
    return np.stack([zero, -1 / tables.control_only, 1 / tables.treated_only, zero], axis=-1)


def _note(counts: PairedCounts, method: str, upper: float) -> str | None:
    if counts.discordant == 0:
        return keep("{no_discordant}: the odds ratio is undefined.", no_discordant=NO_DISCORDANT)
    if counts.control_only == 0:
        unbounded = keep("No pair in which the control alone was positive: the odds ratio is unbounded above")
        return (
            keep("{unbounded}, and this method has no interval.", unbounded=unbounded)
            if method == "wald"
            else f"{unbounded}."
        )
    if counts.treated_only == 0 and method == "wald":
        return keep("No pair in which the treated alone was positive: this method has no interval.")
    return None


OF_PAIRS = PairedStatistic(
    name="odds_ratio",
    label={
        "en": "odds ratio (treated only ÷ control only)",
        "nl": "odds ratio (alleen test ÷ alleen controle)",
        "fr": "rapport de cotes (test seul ÷ témoin seul)",
        "de": "Odds-Ratio (nur Test ÷ nur Kontrolle)",
    },
    value=odds_ratio,
    gradient=_slopes,
    denominator=(0.0, 1.0, 1.0, 0.0),
    ratio=True,
    range=(0.0, np.inf),
    default="wilson",
    default_label=everywhere("Wilson"),
    score=wilson_at,
    others={
        "wald": Method(label=everywhere("Wald"), interval=wald),
        "clopper_pearson": Method(
            label={
                "en": "Clopper and Pearson",
                "nl": "Clopper en Pearson",
                "fr": "Clopper et Pearson",
                "de": "Clopper und Pearson",
            },
            interval=clopper_pearson,
        ),
        "midp": Method(label=everywhere("mid-p"), interval=midp),
    },
    note=_note,
    few=few_discordant(91, 99.9),
    clustered_coverage=(93, 97),
    depends_on=("control_only", "treated_only"),
)
STATISTICS = (OF_PAIRS,)
