"""Say in one sentence why an estimate or a limit is missing, and what an estimate's denominator is."""

from __future__ import annotations

import math

from corrtest.analysis.paired.tables import PairedCounts

NO_DISCORDANT = "No pair is discordant"

# Lowest and highest coverage, in percent, of the default 95 % intervals where the data are few:
# analysis/calibration/README.md, from the exact enumeration and the grid of clustered cells.
FEW_DISCORDANT = 10
FEW_REACTIONS = 10
FEW_EMPLOYERS = 15
FEW_DISCORDANT_MARK = "Few discordant pairs"
FEW_EMPLOYERS_MARK = "Few employers"
_COVERAGE_WHEN_FEW = {
    "rate_difference": (93, 99.9),
    "discrimination_ratio": (94, 99.9),
    "net_discrimination_rate": (94, 99.9),
    "net_discrimination_rate_all_pairs": (93, 99.9),
    "odds_ratio": (91, 99.9),
}
_COVERAGE_OF_RATES_WHEN_FEW = (93, 99)
_COVERAGE_WHEN_FEW_EMPLOYERS = (94, 98)
_COVERAGE_OF_CLUSTERED_ODDS = (93, 97)
_DEFAULT_METHODS = {
    "positive_rate_control": "wilson_adjusted",
    "positive_rate_treated": "wilson_adjusted",
    "rate_difference": "tango",
    "discrimination_ratio": "tang",
    "net_discrimination_rate": "tango",
    "net_discrimination_rate_all_pairs": "tango",
    "odds_ratio": "wilson",
}


def estimate_note(
    name: str,
    method: str,
    counts: PairedCounts,
    *,
    value: float,
    lower: float,
    upper: float,
    employers: int | None = None,
    design_effect: float | None = None,
) -> str | None:
    """Return the note of an estimate; None where nothing needs saying.

    `method` is one of the methods for independent pairs. Where the interval is clustered, it is the default method;
    `employers` says by how many, and discordant pairs and reactions count divided by `design_effect`.
    """
    parts = [_denominator(name, counts), _missing(name, method, counts, upper)]
    if _DEFAULT_METHODS.get(name) == method:
        effect = max(design_effect or 1.0, 1.0)
        parts.append(_few(name, counts, effect) or _few_employers(employers))
        if name == "odds_ratio" and employers is not None and counts.discordant / effect >= FEW_DISCORDANT:
            parts.append(_so_few("Several pairs an employer", _COVERAGE_OF_CLUSTERED_ODDS, so="with such"))
    if method == "score_skewness_corrected" and math.isfinite(value):
        parts.append(
            "The value is skewness-corrected, so a little off the observed one."
            if counts.control_only != counts.treated_only
            else "The arms tie, so the corrected value is the observed one."
        )
    return " ".join(part for part in parts if part) or None


def test_note(name: str, counts: PairedCounts) -> str | None:
    """Return the note of a test; None where nothing needs saying."""
    if counts.discordant:
        return None
    if name in ("mcnemar_exact", "mcnemar_midp"):
        return f"{NO_DISCORDANT}: nothing in these data speaks against equal treatment, and p is 1."
    return f"{NO_DISCORDANT}: the statistic is 0/0 and undefined."


def _few(name: str, counts: PairedCounts, effect: float) -> str | None:
    if name.startswith("positive_rate"):
        return _few_reactions(name, counts, effect)
    if counts.discordant == 0 or counts.discordant / effect >= FEW_DISCORDANT:
        return None
    return _so_few(f"{FEW_DISCORDANT_MARK} ({_worth(counts.discordant, effect)})", _COVERAGE_WHEN_FEW[name])


def _few_reactions(name: str, counts: PairedCounts, effect: float) -> str | None:
    only = counts.control_only if name == "positive_rate_control" else counts.treated_only
    positive = counts.both + only
    other = counts.pairs - positive
    if positive / effect < FEW_REACTIONS:
        return _so_few(f"Few positive reactions ({_worth(positive, effect)})", _COVERAGE_OF_RATES_WHEN_FEW)
    if other / effect < FEW_REACTIONS:
        return _so_few(f"Few reactions that were not positive ({_worth(other, effect)})", _COVERAGE_OF_RATES_WHEN_FEW)
    return None


def _worth(number: int, effect: float) -> str:
    return f"{number}" if effect < 1.05 else f"{number}, worth {number / effect:.0f} of different employers"


def _few_employers(employers: int | None) -> str | None:
    if employers is None or not 1 < employers < FEW_EMPLOYERS:
        return None
    return _so_few(f"{FEW_EMPLOYERS_MARK} ({employers})", _COVERAGE_WHEN_FEW_EMPLOYERS)


def _so_few(what: str, coverage: tuple[float, float], so: str = "with so few") -> str:
    low, high = coverage
    return (
        f"{what}: {so}, 95 % intervals of this kind held the truth in {low:g} to {high:g} % of simulated experiments."
    )


def _denominator(name: str, counts: PairedCounts) -> str | None:
    if name == "net_discrimination_rate":
        return f"Denominator: the {counts.any_positive} pairs with at least one positive reaction."
    if name == "net_discrimination_rate_all_pairs":
        return f"Denominator: all {counts.pairs} pairs."
    return None


def _missing(name: str, method: str, counts: PairedCounts, upper: float) -> str | None:
    if name == "odds_ratio":
        return _missing_odds_ratio(method, counts)
    if name in ("discrimination_ratio", "net_discrimination_rate") and counts.any_positive == 0:
        return "No positive reaction at all: undefined."
    if name == "discrimination_ratio":
        return _missing_ratio(method, counts, upper)
    if name == "rate_difference" and method == "wald" and counts.discordant == 0:
        return f"{NO_DISCORDANT}: Wald's interval would have no width and is not shown; use Tango's."
    return None


def _missing_ratio(method: str, counts: PairedCounts, upper: float) -> str | None:
    treated, control = counts.both + counts.treated_only, counts.both + counts.control_only
    if control == 0:
        unbounded = "No positive reaction to the control: the ratio is unbounded above"
        return f"{unbounded}, and this method has no interval." if method == "wald_log" else f"{unbounded}."
    if method == "wald_log" and treated == 0:
        return "No positive reaction to the treated arm: the log ratio is undefined, and so is this method's interval."
    if method == "wald_log" and counts.discordant == 0:
        return f"{NO_DISCORDANT}: the log-Wald interval would have no width and is not shown; use Tang's."
    if upper == float("inf"):
        return "This method gives no upper limit here."
    return None


def _missing_odds_ratio(method: str, counts: PairedCounts) -> str | None:
    if counts.discordant == 0:
        return f"{NO_DISCORDANT}: the odds ratio is undefined."
    if counts.control_only == 0:
        unbounded = "No pair in which the control alone was positive: the odds ratio is unbounded above"
        return f"{unbounded}, and this method has no interval." if method == "wald" else f"{unbounded}."
    if counts.treated_only == 0 and method == "wald":
        return "No pair in which the treated alone was positive: this method has no interval."
    return None
