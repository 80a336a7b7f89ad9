"""The sentences of a report: of a result, of what a measurement of this size could have shown, of a hidden cell."""

from __future__ import annotations

import math

from corrtest.analysis import finding_sentence
from corrtest.disclosure import REASONS, Release, Suppression
from corrtest.pages import Catalogue
from corrtest.report.shrinkage import Shrinkage, log_and_variance
from corrtest.report.view import View

# Two-sided 5 % and 80 % power: the sum of the two normal quantiles.
POWER_FACTOR = 1.959964 + 0.841621


def finding(view: View, release: Release) -> str:
    """Return the sentences of one result, the analysis' own on what was released, or the reason why it is hidden."""
    if release.counts is None:
        return hidden(release, view.words)
    return finding_sentence(release.counts, view.verdict(release), view.words)


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
