"""The rules that a set of pairs must satisfy before its figures may leave, shown or computed from what is shown.

All but `all_or_nothing` and `alike` follow from how many pairs each employer has, which the plan tells.

A coalition is any `coalition_employers` employers, and any set of employers that holds up to `coalition_share` of the
set's pairs. Outside it must stand `outside_employers` employers, and of the pairs outside no one outcome (both, control
only, treated only; a positive reaction where each vacancy got one application) may make up more than `most_alike`. What
the coalition's own pairs got is not read: it is taken to hold none of the outcome, the worst case.

If two disjoint sets satisfy these rules, so does their union: pairs and outcomes add; employers are no fewer; and what
any k employers hold of the union is what they hold of both, at most the sum of what the k largest hold of each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from corrtest.analysis import Counts, Design, design_of
from corrtest.disclosure.policy import COALITION, Policy
from corrtest.disclosure.release import Suppression

IntArray = npt.NDArray[np.int64]

# What a rule on reactions hides says no more than what is hidden to protect another cell.
PROTECTED = Suppression(rule="complementary")


def least_units(policy: Policy) -> int:
    """Return the least employers of a set: the policy's own figure, and enough to stand outside any coalition."""
    return max(policy.min_employers, policy.coalition_employers + policy.outside_employers)


def weighty_share(policy: Policy) -> float:
    """Return the share of a set's pairs that its largest employer has at least where a rule on large ones is broken."""
    others = max(policy.outside_employers - 1, 1)
    return min(
        policy.largest_share,
        policy.together_share / policy.together,
        (1 - policy.coalition_share) / others,
        1 / (2 + policy.remainder_share),
    )


def broken_by_sizes(
    sizes: IntArray, policy: Policy, *, employers_known: bool = True, one_arm: bool = False
) -> Suppression | None:
    """Return the rule that a set breaks by its employers' pairs, or None.

    Parameters
    ----------
    sizes : array
        Pairs of each of its employers, largest first; ones where employers are not known.
    one_arm : bool
        The set holds the applications of one arm, whose rate is a figure of its own.

    Notes
    -----
    (n, k) rules for n = 1 and n = `together`; p% rule (Hundepool and others 2012, Statistical Disclosure Control,
    section 4.2): the second largest employer knows its own part of the set, so that what is left without the two
    largest is all that stands between it and the largest one's part.
    """
    pairs, outside = int(sizes.sum()), policy.outside_employers
    few = "min_arm_employers" if one_arm else "min_employers"
    # The largest set of employers within a share of the pairs takes the smallest first: fewer than `outside` are left
    # when the `outside` − 1 largest hold all the other pairs.
    held = sizes[: outside - 1].sum() if outside > 1 else 0
    rules: tuple[tuple[bool, str, dict[str, int]], ...] = (
        (pairs < policy.min_pairs, "min_applications" if one_arm else "min_pairs", {"least": policy.min_pairs}),
        (
            len(sizes) < policy.min_employers,
            few if employers_known else "min_vacancies",
            {"least": policy.min_employers},
        ),
        (
            bool(sizes[:1].sum() > policy.largest_share * pairs),
            "largest_share",
            {"percent": round(100 * policy.largest_share)},
        ),
        (
            bool(sizes[: policy.together].sum() > policy.together_share * pairs),
            "together_share",
            {"number": policy.together, "percent": round(100 * policy.together_share)},
        ),
        (bool(pairs - sizes[:2].sum() < policy.remainder_share * sizes[:1].sum()), "remainder_share", {}),
        (
            len(sizes) < policy.coalition_employers + outside or held >= (1 - policy.coalition_share) * max(pairs, 1),
            "outside_employers",
            {"least": outside},
        ),
    )
    return next((Suppression(rule=rule, facts=facts) for broken, rule, facts in rules if broken), None)


def by_size(sizes: Sequence[IntArray], policy: Policy, *, employers_known: bool) -> Suppression | None:
    """Return why the sizes of a cell, which the plan tells, do not let it be shown by itself, or None when they do.

    `sizes` are those of its set of pairs, or of the applications of each arm.
    """
    one_arm = len(sizes) > 1
    found = (broken_by_sizes(held, policy, employers_known=employers_known, one_arm=one_arm) for held in sizes)
    return next(filter(None, found), None)


def too_few(pairs: int, policy: Policy) -> Suppression | None:
    """Return the rule that a cell of so many pairs breaks, or None: where noise tells the number, not the plan."""
    return Suppression(rule="min_pairs", facts={"least": policy.min_pairs}) if pairs < policy.min_pairs else None


def all_or_nothing(counts: Counts, policy: Policy) -> Suppression | None:
    """Return the rule that hides a cell in which an arm's rate is 1 (under noise: 0 or 1), or None."""
    if not policy.hide_all_or_nothing:
        return None
    shown = (
        (counts.control_positives, counts.control_applications),
        (counts.treated_positives, counts.treated_applications),
    )
    none_told = policy.protection != COALITION
    extreme = any(
        positives == applications or (none_told and not positives) for positives, applications in shown if applications
    )
    return PROTECTED if extreme else None


def too_alike(count: int, sizes: IntArray, policy: Policy) -> bool:
    """Return whether an outcome that `count` pairs of a set had may make up too much of the pairs outside a coalition.

    A coalition holds at most the pairs of the largest employers, or its share of all.
    """
    pairs = int(sizes.sum())
    held = max(float(sizes[: policy.coalition_employers].sum()), policy.coalition_share * pairs)
    return count > policy.most_alike * (pairs - held) + 1e-9


def sensitive(counts: Counts) -> tuple[tuple[int, ...], ...]:
    """Return what is protected of a cell's counts, for each block of its design (pairs; or the arms, one by one)."""
    design: Design = design_of(counts)  # type: ignore[type-arg]
    told = counts.as_dict()
    return tuple(tuple(told[name] for name in block.noisy) for block in design.blocks)


def alike(counts: Counts, sizes: Sequence[IntArray], policy: Policy) -> Suppression | None:
    """Return the rule that a cell breaks when one outcome may make up too much of the pairs outside a coalition."""
    if policy.protection != COALITION:
        return None
    for block, held in zip(sensitive(counts), sizes, strict=True):
        if any(too_alike(count, held, policy) for count in block):
            return PROTECTED
    return None
