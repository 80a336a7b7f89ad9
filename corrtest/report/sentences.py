"""The plain sentence of a result: what was seen, how sure it is, and what a measurement of this size could have shown.

Never "no discrimination found": an interval that includes 1 says that the measurement could not tell.
"""

from __future__ import annotations

import math

from corrtest.analysis import design_of
from corrtest.disclosure import REASONS, Arm, Release, Suppression
from corrtest.pages import Catalogue
from corrtest.report.shrinkage import Shrinkage, log_and_variance

# Two-sided 5 % and 80 % power: the sum of the two normal quantiles.
POWER_FACTOR = 1.959964 + 0.841621


def finding(release: Release, words: Catalogue) -> str:
    """Return the sentences of one result, or the reason why it is hidden."""
    if release.arms is None:
        return hidden(release, words)
    seen = _seen(release, *release.arms, words)
    ratio = release.estimate("discrimination_ratio")
    if ratio is None or ratio.value is None:
        nothing = words.text("With these counts no ratio can be computed, so this result says nothing either way.")
        return f"{seen} {nothing}"
    return " ".join(part for part in (seen, _certainty(ratio.value, ratio.lower, ratio.upper, words)) if part)


def _seen(release: Release, control: Arm, treated: Arm, words: Catalogue) -> str:
    facts = {"control": words.number(control.positives, 0), "treated": words.number(treated.positives, 0)}
    if release.counts is not None and design_of(release.counts).matched:
        return words.text(
            "In {pairs} pairs the control candidate got a positive reaction {control} times, the treated candidate "
            "{treated} times.",
            pairs=words.number(release.pairs, 0),
            **facts,
        )
    return words.text(
        "The control candidates got {control} positive reactions to {control_sent} applications, the treated "
        "candidates {treated} to {treated_sent}.",
        control_sent=words.number(control.applications, 0),
        treated_sent=words.number(treated.applications, 0),
        **facts,
    )


def _certainty(value: float, lower: float | None, upper: float | None, words: Catalogue) -> str:
    change = words.percent(abs(1 - value))
    interval = words.interval(lower, upper)
    low, high = lower or 0.0, math.inf if upper is None else upper
    if high < 1:
        return words.text(
            "That is {change} fewer positive reactions. The interval of the ratio ({interval}) lies wholly below "
            "1: chance alone is an unlikely explanation of this disadvantage.",
            change=change,
            interval=interval,
        )
    if low > 1:
        return words.text(
            "That is {change} more positive reactions. The interval of the ratio ({interval}) lies wholly above "
            "1: chance alone is an unlikely explanation of this advantage.",
            change=change,
            interval=interval,
        )
    direction = (
        words.text("That is {change} fewer positive reactions.", change=change)
        if value < 1
        else words.text("That is {change} more positive reactions.", change=change)
        if value > 1
        else words.text("That is equally often.")
    )
    if low <= 0:
        undecided = words.text(
            "The interval of the ratio ({interval}) includes 1, so the difference may be chance; but a large "
            "disadvantage cannot be ruled out either. This is not evidence of equal treatment.",
            interval=interval,
        )
    else:
        undecided = words.text(
            "The interval of the ratio ({interval}) includes 1, so the difference may be chance; but a "
            "disadvantage of up to {most} cannot be ruled out either. This is not evidence of equal treatment.",
            interval=interval,
            most=words.percent(1 - low),
        )
    return f"{direction} {undecided}"


def detectable_ratio(release: Release) -> float | None:
    """Return the ratio below 1 that a repeat of this measurement would show in four cases of five.

    exp(−(z₀.₉₇₅ + z₀.₈)·s), s the standard error of the log ratio behind the released interval; None where undefined.
    """
    found = log_and_variance(release)
    return None if found is None else math.exp(-POWER_FACTOR * math.sqrt(found[1]))


def reach(release: Release, words: Catalogue) -> str:
    """Return what a measurement of this size could and could not have shown."""
    ratio = detectable_ratio(release)
    if ratio is None:
        return words.text("What a measurement of this size can show cannot be worked out from these counts.")
    return words.text(
        "With this many tests and reactions, a measurement shows a disadvantage clearly in four cases of five "
        "only when the treated candidates get at least {least} fewer positive reactions (a ratio of {ratio} or "
        "lower). Smaller differences usually stay hidden.",
        least=words.percent(1 - ratio),
        ratio=words.number(ratio),
    )


def mean_sentence(shrunken: Shrinkage, words: Catalogue) -> str:
    """Return the mean of several groups, and how it and the shrunken ratios were computed."""
    return words.text(
        "Mean ratio: {mean} ({interval}). Mean and shrunken ratios follow a random-effects model, as in the analysis "
        "itself, on the released figures: {method} for the variance between groups, Hartung and Knapp's interval for "
        "the mean, empirical Bayes for each group.",
        mean=words.number(shrunken.mean),
        interval=words.interval(shrunken.lower, shrunken.upper),
        method=words.text("restricted maximum likelihood (REML)")
        if shrunken.method == "REML"
        else words.text("Paule and Mandel's estimator"),
    )


def reason(suppression: Suppression, words: Catalogue) -> str:
    """Return why something is hidden."""
    return words.text(REASONS[suppression.rule], **suppression.facts)


def hidden(release: Release, words: Catalogue) -> str:
    """Return why a cell is hidden, as a sentence that stands by itself."""
    if release.suppression is None:
        return ""
    return words.text("Not shown. {reason}", reason=reason(release.suppression, words))
