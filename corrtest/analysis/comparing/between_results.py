"""Results files compared group by group, as independent measurements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corrtest.analysis.comparing.comparison import Change, Comparison, Comparisons, Side, adjusted, joined, two_sided
from corrtest.analysis.group_result import Estimate, GroupResult
from corrtest.analysis.results import Results
from corrtest.analysis.tables import normal_quantile
from corrtest.errors import AnalysisError
from corrtest.language import keep, say


def compare_results(
    results: Sequence[Results], labels: Sequence[str], *, across_sectors: bool = False, confidence_level: float = 0.95
) -> Comparisons:
    """Compare every later results file with the first, group by group, as independent measurements.

    Parameters
    ----------
    labels : sequence of str
        What each is called in the sentences: "baseline 2027", or the sector's name.
    across_sectors : bool
        Match groups without regard to sector and joint committee (only groups over all committees are taken then).

    Raises
    ------
    AnalysisError
        Fewer than two results, or no group that they share.
    """
    if len(results) < 2 or len(labels) != len(results) or len(set(labels)) != len(labels):
        raise AnalysisError(say("Comparing needs at least two results, each with a label of its own."))
    first = _by_key(results[0], across_sectors)
    found, notes = [], []
    for later, label in zip(results[1:], labels[1:], strict=True):
        theirs = _by_key(later, across_sectors)
        shared = [key for key in first if key in theirs]
        alone = len(first) + len(theirs) - 2 * len(shared)
        if alone:
            notes.append(keep("{label}: groups that only one of the two has: {alone}.", label=label, alone=alone))
        found += [_compared(dict(key), labels[0], label, first[key], theirs[key], confidence_level) for key in shared]
    if not found:
        hint = "" if across_sectors else say(" To compare sectors, match groups across sectors.")
        raise AnalysisError(say("The results have no group in common.{hint}", hint=hint))
    if len({result.design for result in results}) > 1:
        notes.insert(0, keep("A paired measurement is compared with an unpaired one: what a row is differs."))
    if any(result.simulated for result in results):
        notes.insert(0, keep("Simulated reactions, no measurement."))
    primary = dict(results[0].study or {}).get("primary_outcome")
    return Comparisons(
        comparisons=adjusted(found, primary=primary), notes=tuple(notes), inputs={"labels": list(labels)}
    )


def log_ratio(group: GroupResult) -> tuple[float | None, float | None, str | None]:
    """Return the log ratio and its standard error from the interval that the results give, or why there is none."""
    ratio = group.estimate("discrimination_ratio")
    if not ratio.value or not ratio.lower or not ratio.upper:
        return None, None, ratio.note or keep("a ratio of 0 has no logarithm.")
    z = normal_quantile(ratio.confidence_level)
    return float(np.log(ratio.value)), float(np.log(ratio.upper / ratio.lower) / (2 * z)), None


def _by_key(results: Results, across_sectors: bool) -> dict[tuple[tuple[str, str | None], ...], GroupResult]:
    found = {}
    for group in results.groups:
        key = dict(group.key)
        if across_sectors:
            if key.pop("joint_committee") is not None:
                continue
            key.pop("sector")
        found[tuple(key.items())] = group
    return found


def _compared(
    key: dict[str, str | None], first: str, second: str, one: GroupResult, two: GroupResult, level: float
) -> Comparison:
    (a, a_error, a_note), (b, b_error, b_note) = log_ratio(one), log_ratio(two)
    note = " ".join(f"{label}: {text}" for label, text in ((first, a_note), (second, b_note)) if text) or None
    return joined(
        key,
        Side(first, a, a_error),
        Side(second, b, b_error),
        difference=_change(one, two, "rate_difference", level),
        net=_change(one, two, "net_discrimination_rate", level),
        note=note,
        level=level,
    )


def _change(one: GroupResult, two: GroupResult, name: str, level: float) -> Change:
    """Return the change of an estimate with an interval from both intervals (Zou and Donner 2008).

    The p-value takes each standard error from the width of its interval.
    """
    found = [_complete(group, name, level) for group in (one, two)]
    if found[0] is None or found[1] is None:
        return Change()
    (a, low_a, high_a), (b, low_b, high_b) = found[0], found[1]
    change, z = b - a, normal_quantile(level)
    error = float(np.hypot(high_a - low_a, high_b - low_b) / (2 * z))
    return Change(
        change,
        change - float(np.hypot(b - low_b, high_a - a)),
        change + float(np.hypot(high_b - b, a - low_a)),
        two_sided(change, error),
    )


def _complete(group: GroupResult, name: str, level: float) -> tuple[float, float, float] | None:
    known: list[Estimate] = [estimate for estimate in group.estimates if estimate.name == name]
    if not known or known[0].confidence_level != level:
        return None
    value, lower, upper = known[0].value, known[0].lower, known[0].upper
    return None if value is None or lower is None or upper is None else (value, lower, upper)
