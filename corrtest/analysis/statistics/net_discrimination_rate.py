"""The net discrimination rate: control only minus treated only, above 0 where the treated arm is at a disadvantage.

Two denominators are in use and give very different figures (0.097 and 0.289 on one Swedish experiment), so each has
its own name here: `net_discrimination_rate` is over the pairs with at least one positive reaction, as in the
studies of the International Labour Office; `net_discrimination_rate_all_pairs` is over all pairs, and so the rate
difference with its sign turned.
"""

from __future__ import annotations

import numpy as np

from corrtest.analysis.statistics.few import few_discordant
from corrtest.analysis.statistics.of_pairs import PairedStatistic
from corrtest.analysis.statistics.rate_difference import OF_PAIRS as DIFFERENCE
from corrtest.analysis.statistics.rate_difference import rate_difference, tango_at
from corrtest.analysis.statistics.statistic import everywhere
from corrtest.analysis.tables import FloatArray, Intervals, PairedCounts, PairedTables, divide
from corrtest.language import keep


def net_discrimination_rate(tables: PairedTables) -> FloatArray:
    """Compute (control only − treated only) / pairs with at least one positive reaction; nan where there is none."""
    return divide(tables.control_only - tables.treated_only, tables.any_positive)


def among_positive_at(tables: PairedTables, z: FloatArray) -> Intervals:
    """Compute Tango's score interval among the pairs with at least one positive reaction.

    Given their number, both, control only and treated only are trinomial, and the rate is a paired difference in a
    table without `neither`: Tango's interval holds as it stands, with that number in place of n. Coverage at 95 %
    where 10 or more discordant pairs are expected: 0.946 to 0.962 (analysis/calibration/exact).
    """
    usable = tables.any_positive > 0
    among_positive = PairedTables(
        # One pair stands in where there is none, so that the arithmetic is defined; the result is dropped below.
        both=np.where(usable, tables.both, 1.0),
        control_only=tables.control_only,
        treated_only=tables.treated_only,
        neither=np.zeros_like(tables.pairs),
    )
    return _usable(_turned(tango_at(among_positive, z)), usable)


def all_pairs_at(tables: PairedTables, z: FloatArray) -> Intervals:
    """Compute (control only − treated only) / all pairs with Tango's score interval."""
    return _turned(tango_at(tables, z))


def _turned(interval: Intervals) -> Intervals:
    # 0.0 − x keeps zero positive: −0.0 would print with a sign.
    return Intervals(0.0 - interval.value, 0.0 - interval.upper, 0.0 - interval.lower)


def _usable(interval: Intervals, usable: np.ndarray) -> Intervals:
    return Intervals(*(np.where(usable, part, np.nan) for part in interval))


def _slopes(tables: PairedTables) -> FloatArray:
    net, positive = net_discrimination_rate(tables), tables.any_positive
    return np.stack([-net / positive, (1 - net) / positive, (-1 - net) / positive, np.zeros_like(net)], axis=-1)


def _note(counts: PairedCounts, method: str, upper: float) -> str | None:
    said = keep(
        "Denominator: pairs with at least one positive reaction ({any_positive}).", any_positive=counts.any_positive
    )
    return said if counts.any_positive else keep("{said} No positive reaction at all: undefined.", said=said)


def _all_pairs_note(counts: PairedCounts, method: str, upper: float) -> str | None:
    return keep("Denominator: all pairs ({pairs}).", pairs=counts.pairs)


OF_PAIRS = PairedStatistic(
    name="net_discrimination_rate",
    label={
        "en": "net discrimination rate (control − treated)",
        "nl": "nettodiscriminatiegraad (controle − test)",
        "fr": "taux net de discrimination (témoin − test)",
        "de": "Nettodiskriminierungsrate (Kontrolle − Test)",
    },
    value=net_discrimination_rate,
    gradient=_slopes,
    denominator=(1.0, 1.0, 1.0, 0.0),
    default="tango",
    default_label=everywhere("score (Tango)"),
    score=among_positive_at,
    note=_note,
    few=few_discordant(94, 99.9),
)
ALL_PAIRS = PairedStatistic(
    name="net_discrimination_rate_all_pairs",
    label={
        "en": "net discrimination rate over all pairs (control − treated)",
        "nl": "nettodiscriminatiegraad over alle paren (controle − test)",
        "fr": "taux net de discrimination sur toutes les paires (témoin − test)",
        "de": "Nettodiskriminierungsrate über alle Paare (Kontrolle − Test)",
    },
    value=lambda tables: 0.0 - rate_difference(tables),
    gradient=lambda tables: -DIFFERENCE.slopes(tables),
    default="tango",
    default_label=everywhere("score (Tango)"),
    score=all_pairs_at,
    standard=False,
    note=_all_pairs_note,
    few=few_discordant(93, 99.9),
    depends_on=("control_only", "treated_only"),
)
STATISTICS = (OF_PAIRS, ALL_PAIRS)
