"""Results without the pairs that had an odd reaction: a second look at the same pairs.

Beside the result as coded, the pairs that are left out can be had by subtraction. Where counts leave exact, the result
without them is one more cell, shown only where the odd pairs are fit to be seen themselves (`cells`). Where counts
carry noise (`protection = "all_but_one"`) the check is measured by itself: each pair is of one kind more, odd, and the
policy's `robustness_share` says which part of the protection that takes from the main counts. Where the published
number of odd pairs is too small to be a cell, nothing is shown: that decision reads no true number.

How the odd pairs would have answered bounds the ratio in a report; those bounds follow from these figures alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from corrtest.analysis import PAIRED, GroupResult, PairedCounts, Results, design_of
from corrtest.disclosure.intervals import computed, protected_figures
from corrtest.disclosure.layers import Layers
from corrtest.disclosure.noise import FloatArray, Law, Stream, fingerprint, kinds_of
from corrtest.disclosure.noised import as_rows
from corrtest.disclosure.policy import COALITION, Policy
from corrtest.disclosure.release import _SEAL, OddCheck, Suppression
from corrtest.disclosure.rules import all_or_nothing
from corrtest.disclosure.whole import whole_counts

# What the analysis calls the choices about odd pairs.
AS_CODED, LEFT_OUT = "as coded", "odd pairs left out"


def odd_kinds(results: Results, policy: Policy) -> dict[int, dict[str, int]]:
    """Return position of a group → its pairs by kind, for each overall group whose odd pairs the analysis counted.

    Where no pair was odd the analysis has no row without them, and the number is 0 here: whether the check is made may
    not depend on a reaction.
    """
    if not policy.exact and not policy.robustness_share:
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
            found[position] = {**left, "odd": group.pairs - sum(left.values())}
    return found


def odd_checks(
    groups: Sequence[GroupResult],
    kinds: Mapping[int, Mapping[str, int]],
    hidden: Mapping[int, Suppression],
    policy: Policy,
    *,
    outcomes: Mapping[str, Sequence[str]],
    secret: bytes,
    closed: frozenset[int] = frozenset(),
) -> tuple[OddCheck, ...]:
    """Return one check for each group of `kinds`; those of `closed` would tell exactly what the odd pairs answered."""
    cells: dict[tuple[str | None, str | None], dict[str, int]] = {}
    for position in kinds:
        group = groups[position]
        cells.setdefault((group.sector, group.criterion), {})[group.outcome] = position
    found: dict[int, OddCheck] = {}
    for positions in cells.values():
        counts = {outcome: dict(kinds[position]) for outcome, position in positions.items()}
        covariances: dict[str, FloatArray] = {}
        if not policy.exact:
            named = {outcome: outcomes[outcome] for outcome in positions}
            pairs = groups[next(iter(positions.values()))].pairs
            counts, covariances = _noised(counts, pairs, named, policy, secret, groups[next(iter(positions.values()))])
        for outcome, position in positions.items():
            made, covariance = counts[outcome], covariances.get(outcome)
            few = Suppression(rule="few_odd", facts={"least": policy.min_pairs}) if position in closed else None
            shut = Suppression(rule="main_hidden") if position in hidden else few
            found[position] = _check(groups[position], made, covariance, policy, closed=shut)
    return tuple(found[position] for position in kinds)


def _noised(
    true: Mapping[str, Mapping[str, int]],
    pairs: int,
    outcomes: Mapping[str, Sequence[str]],
    policy: Policy,
    secret: bytes,
    group: GroupResult,
) -> tuple[dict[str, dict[str, int]], dict[str, FloatArray]]:
    """Return the kinds of each outcome with noise, of the same draw for all, and the covariance of the counts."""
    (block,) = kinds_of(PAIRED, outcomes, left_out=True)
    law, epsilon = Law(block.number), policy.epsilon * policy.robustness_share
    cell = {"sector": group.sector, "criterion": group.criterion}
    noise = [int(z) for z in law.draw(epsilon, Stream(secret, fingerprint(secret, cell, true, f"odd {epsilon:.9g}")))]
    variance = law.variance(epsilon)
    fitted = {
        outcome: np.array([[counts[name] + added for name, added in block.counts(noise, outcome).items()]], dtype=float)
        for outcome, counts in true.items()
    }
    whole = whole_counts(
        Layers.alone(variance), block, fitted, [pairs], deviation=math.sqrt(2 * variance), base=policy.rounding_base
    )
    made = {}
    for outcome, counts in whole.items():
        kinds = {name: int(count) for name, count in zip(PAIRED.cells, counts[0], strict=True)}
        made[outcome] = {**kinds, "odd": pairs - sum(kinds.values())}
    return made, {outcome: block.covariance(outcome, variance) for outcome in outcomes}


def without_odd(kinds: Mapping[str, int]) -> PairedCounts:
    """Return the exact counts of a group without its odd pairs."""
    return PairedCounts(**{name: kinds[name] for name in PAIRED.cells})


def _check(
    group: GroupResult,
    kinds: Mapping[str, int],
    covariance: FloatArray | None,
    policy: Policy,
    *,
    closed: Suppression | None,
) -> OddCheck:
    odd = kinds["odd"]
    counts = PairedCounts(**{name: kinds[name] for name in PAIRED.cells})
    suppression = closed
    if policy.protection != COALITION:
        suppression = closed or _reason(group, counts, odd, policy)
    level = group.estimates[0].confidence_level if group.estimates else 0.95
    (figures,) = protected_figures(
        [counts],
        noise=[covariance],
        effects=[group.design_effect],
        confidence_level=level,
        names=computed(group),
    )
    return OddCheck(
        sector=group.sector,
        criterion=group.criterion,
        outcome=group.outcome,
        odd=None if suppression else odd,
        counts=None if suppression else counts,
        noise=None if suppression else as_rows(covariance),
        estimates=() if suppression or figures is None else figures.estimates,
        suppression=suppression,
        seal=_SEAL,
    )


def _reason(group: GroupResult, counts: PairedCounts, odd: int, policy: Policy) -> Suppression | None:
    """Return why a check is hidden: odd pairs and pairs left must each be enough, whoever the employers are."""
    least = max(policy.min_pairs, policy.min_employers * (group.largest_employer_pairs or 1))
    if odd < least or counts.pairs < least:
        return Suppression(rule="few_odd", facts={"least": policy.min_pairs})
    return all_or_nothing(counts, policy)
