"""The rules that a cell must satisfy by itself before it may leave."""

from __future__ import annotations

from collections.abc import Sequence

from corrtest.analysis import Counts, GroupResult, design_of
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import Suppression


def by_size(group: GroupResult, policy: Policy, *, employers_known: bool) -> Suppression | None:
    """Return why the sizes of a cell, which the plan tells, do not let it be shown by itself, or None when they do."""
    return too_small(group, policy, employers_known=employers_known) or dominated(
        group.pairs, largest_employers(group), policy
    )


def too_small(group: GroupResult, policy: Policy, *, employers_known: bool) -> Suppression | None:
    """Return the rule on sizes that a group breaks, or None."""
    if design_of(group.counts).arms_apart:
        return _arm_too_small(group, policy, employers_known=employers_known)
    if group.pairs < policy.min_pairs:
        return Suppression(rule="min_pairs", facts={"least": policy.min_pairs})
    units = group.employers if group.employers is not None else (0 if employers_known else group.pairs)
    if units < policy.min_employers:
        rule = "min_employers" if employers_known else "min_vacancies"
        return Suppression(rule=rule, facts={"least": policy.min_employers})
    return None


def _arm_too_small(group: GroupResult, policy: Policy, *, employers_known: bool) -> Suppression | None:
    """Hold each arm to the sizes: its rate is a figure of its own, on applications and employers of its own.

    How many employers answered one arm is not known; with the largest employer's k applications they are at least the
    arm's applications ÷ k.
    """
    fewest = min(group.counts.control_applications, group.counts.treated_applications)
    if fewest < policy.min_pairs:
        return Suppression(rule="min_applications", facts={"least": policy.min_pairs})
    if not employers_known:
        return None
    largest = group.largest_employer_pairs
    if group.employers is None or largest is None or fewest < policy.min_employers * largest:
        return Suppression(rule="min_arm_employers", facts={"least": policy.min_employers})
    return None


def largest_employers(group: GroupResult) -> tuple[int, ...]:
    """Return the pairs of a group's five largest employers, descending; empty where they are not known."""
    sizes = sorted(group.employer_sizes.items(), reverse=True)
    return tuple(size for size, number in sizes for _ in range(min(number, 5)))[:5]


def dominated(pairs: int, largest: Sequence[int], policy: Policy) -> Suppression | None:
    """Return the dominance rule that a cell breaks, or None.

    Parameters
    ----------
    pairs : int
        Pairs of the cell.
    largest : sequence of int
        Pairs of its largest employers, descending; empty where employers are not known.

    Notes
    -----
    (n, k) rules for n = 1 and n = `together`; p% rule (Hundepool and others 2012, Statistical Disclosure Control,
    section 4.2): the second largest employer knows its own part of the cell, so that what is left without the two
    largest is all that stands between it and the largest one's part.
    """
    if not largest:
        return None
    if largest[0] > policy.largest_share * pairs:
        return Suppression(rule="largest_share", facts={"percent": round(100 * policy.largest_share)})
    if sum(largest[: policy.together]) > policy.together_share * pairs:
        facts = {"number": policy.together, "percent": round(100 * policy.together_share)}
        return Suppression(rule="together_share", facts=facts)
    if pairs - sum(largest[:2]) < policy.remainder_share * largest[0]:
        return Suppression(rule="remainder_share")
    return None


def all_or_nothing(counts: Counts, policy: Policy) -> Suppression | None:
    """Return the rule that hides a cell in which an arm's rate is 0 or 1, or None."""
    if not policy.hide_all_or_nothing:
        return None
    shown = (
        (counts.control_positives, counts.control_applications),
        (counts.treated_positives, counts.treated_applications),
    )
    extreme = any(positives in (0, applications) for positives, applications in shown)
    return Suppression(rule="all_or_nothing") if extreme else None
