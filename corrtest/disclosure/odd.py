"""Results without the pairs that had an odd reaction: a second look at the same pairs, with noise of its own.

Beside the result as coded, the pairs that are left out can be had by subtraction. So the two are never exact: each pair
is one of five kinds here (both, control only, treated only, neither, odd), the first three and the last get noise, and
the policy's `robustness_share` says which part of the protection that takes from the main counts. Where the noisy
number of odd pairs is too small to be a cell, nothing is shown: that decision reads no true number.

How the odd pairs would have answered bounds the ratio in a report; those bounds follow from these figures alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from corrtest.analysis import PAIRED, GroupResult, PairedCounts, Results, design_of, largest_design_effect
from corrtest.disclosure.intervals import computed, protected_estimates
from corrtest.disclosure.noise import Noise, noise_variance, published
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import _SEAL, OddCheck, Suppression
from corrtest.disclosure.rules import all_or_nothing

# What the analysis calls the choices about odd pairs.
AS_CODED, LEFT_OUT = "as coded", "odd pairs left out"
KINDS = (*PAIRED.noisy, "odd")
(_PAIRS,) = PAIRED.blocks


def odd_kinds(results: Results, policy: Policy) -> dict[int, dict[str, int]]:
    """Return position of a group → its pairs by kind, for each overall group whose odd pairs the analysis counted.

    Where no pair was odd the analysis has no row without them, and the number is 0 here: whether the check is made may
    not depend on a reaction.
    """
    if not policy.robustness_share:
        return {}
    choices = {
        (row.get("sector"), row["criterion"], row["outcome"], row["choice"]): row["counts"]
        for row in results.robustness
    }
    found = {}
    for position, group in enumerate(results.groups):
        overall = group.joint_committee is None and group.level is None and not any(group.extra.values())
        key = (group.sector, group.criterion, group.outcome)
        if not overall or not design_of(group.counts).matched or (*key, AS_CODED) not in choices:
            continue
        if choices[*key, AS_CODED] == group.counts.as_dict():
            left = choices.get((*key, LEFT_OUT), group.counts.as_dict())
            found[position] = {**{name: left[name] for name in PAIRED.noisy}, "odd": group.pairs - sum(left.values())}
    return found


def odd_checks(
    groups: Sequence[GroupResult],
    keys: Sequence[Mapping[str, str | None]],
    kinds: Mapping[int, Mapping[str, int]],
    hidden: Mapping[int, Suppression],
    policy: Policy,
    noise: Noise,
) -> tuple[OddCheck, ...]:
    """Return one check for each group of `kinds`; `noise` has the scale that the policy leaves for these checks."""
    noise = dataclasses.replace(noise, names=KINDS)
    return tuple(
        _check(groups[position], keys[position], counted, position in hidden, policy, noise)
        for position, counted in kinds.items()
    )


def _check(
    group: GroupResult,
    keys: Mapping[str, str | None],
    kinds: Mapping[str, int],
    main_hidden: bool,
    policy: Policy,
    noise: Noise,
) -> OddCheck:
    noisy = {name: kinds[name] + drawn for name, drawn in noise.draw(keys, kinds).items()}
    odd = min(max(noisy["odd"], 0), group.pairs)
    counts = PairedCounts(**published(noisy, _PAIRS, group.pairs - odd, policy.rounding_base))
    suppression = Suppression(rule="main_hidden") if main_hidden else _reason(group, counts, odd, policy)
    effect = largest_design_effect(
        max(counts.pairs, 1), group.employers, group.largest_employer_pairs, policy.employer_correlation
    )
    level = group.estimates[0].confidence_level if group.estimates else 0.95
    estimates = (
        ()
        if suppression
        else protected_estimates(
            [counts],
            noise_variances=[noise_variance(noise.scale)],
            effects=[effect],
            confidence_level=level,
            names=computed(group),
        )[0]
    )
    return OddCheck(
        sector=group.sector,
        criterion=group.criterion,
        outcome=group.outcome,
        odd=None if suppression else odd,
        counts=None if suppression else counts,
        estimates=estimates,
        suppression=suppression,
        seal=_SEAL,
    )


def _reason(group: GroupResult, counts: PairedCounts, odd: int, policy: Policy) -> Suppression | None:
    """Return why a check is hidden: odd pairs and pairs left must each be enough, whoever the employers are."""
    least = max(policy.min_pairs, policy.min_employers * (group.largest_employer_pairs or 1))
    if odd < least or counts.pairs < least:
        return Suppression(rule="few_odd", facts={"least": policy.min_pairs})
    return all_or_nothing(counts, policy)
