"""Say in one sentence why an estimate or a limit is missing, what its denominator is, and what few data mean for it."""

from __future__ import annotations

import math

from corrtest.analysis.statistics import OF_PAIRS
from corrtest.analysis.statistics.few import FEW_DISCORDANT, NO_DISCORDANT, so_few
from corrtest.analysis.tables import PairedCounts
from corrtest.language import keep, keep_together

FEW_EMPLOYERS = 15
FEW_EMPLOYERS_MARK = keep("Few employers")
_COVERAGE_WHEN_FEW_EMPLOYERS = (94, 98)
OF_PAIRS_ALONE = keep(
    "This statistic is of pairs, whose two applications are in different clusters: no interval can allow for that."
)
NO_GRADIENT = keep("This statistic has no gradient, so that no interval can allow for several pairs of one employer.")


def estimate_note(
    name: str,
    method: str,
    counts: PairedCounts,
    *,
    value: float,
    upper: float,
    employers: int | None = None,
    design_effect: float | None = None,
) -> str | None:
    """Return the note of an estimate; None where nothing needs saying.

    `method` is one of the methods for independent pairs. Where the interval is clustered, it is the default method;
    `employers` says by how many, and discordant pairs and reactions count divided by `design_effect`.
    """
    statistic = OF_PAIRS[name]
    parts = [statistic.note and statistic.note(counts, method, upper)]
    if statistic.default == method:
        effect = max(design_effect or 1.0, 1.0)
        parts.append((statistic.few and statistic.few(counts, effect)) or _few_employers(employers))
        coverage = statistic.clustered_coverage
        if coverage and employers is not None and counts.discordant / effect >= FEW_DISCORDANT:
            parts.append(so_few(keep("Several pairs an employer"), coverage, so="with such"))
    if method == "score_skewness_corrected" and math.isfinite(value):
        parts.append(
            keep("The value is skewness-corrected, so a little off the observed one.")
            if counts.control_only != counts.treated_only
            else keep("The arms tie, so the corrected value is the observed one.")
        )
    return keep_together(parts) or None


def test_note(name: str, counts: PairedCounts) -> str | None:
    """Return the note of a test; None where nothing needs saying."""
    if counts.discordant:
        return None
    if name in ("mcnemar_exact", "mcnemar_midp"):
        return keep(
            "{no_discordant}: nothing in these data speaks against equal treatment, and p is 1.",
            no_discordant=NO_DISCORDANT,
        )
    return keep("{no_discordant}: the statistic is 0/0 and undefined.", no_discordant=NO_DISCORDANT)


def _few_employers(employers: int | None) -> str | None:
    if employers is None or not 1 < employers < FEW_EMPLOYERS:
        return None
    return so_few(keep("{what} ({worth})", what=FEW_EMPLOYERS_MARK, worth=employers), _COVERAGE_WHEN_FEW_EMPLOYERS)
