"""Committees that are hidden one by one, shown together.

Where a sector's total is shown, the sum of its hidden committees can be had by subtraction, and complementary
suppression has seen to it that this sum is fit to be seen. Showing it as one result tells no more and loses less: a
tiny committee then does not cost the reader the pairs of the larger one that is hidden with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from corrtest.analysis import Counts, GroupResult, design_of, largest_design_effect
from corrtest.disclosure.intervals import computed, protected_figures
from corrtest.disclosure.margins import relations
from corrtest.disclosure.noise import FloatArray
from corrtest.disclosure.noised import PublishedCounts, as_rows
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import _SEAL, Release, Suppression
from corrtest.disclosure.rules import all_or_nothing, dominated, largest_employers, too_small

_FIELD = "joint_committee"
JOINED = " + "


def merged_committees(
    groups: Sequence[GroupResult],
    keys: Sequence[Mapping[str, str | None]],
    leaving: PublishedCounts,
    hidden: Mapping[int, Suppression],
    policy: Policy,
    *,
    correlation: float,
) -> tuple[Release, ...]:
    """Return one release for each total of which two or more committees are hidden and others are shown."""
    if not policy.merge_small:
        return ()
    found = []
    for link in relations(keys, [group.pairs for group in groups]):
        total = groups[link.total]
        if link.field != _FIELD or link.rest or link.total in hidden or total.level or any(total.extra.values()):
            continue
        closed = [part for part in link.parts if part in hidden]
        if not 2 <= len(closed) < len(link.parts):
            continue
        shown = [groups[part] for part in link.parts if part not in hidden]
        counts = [counts for part in closed if (counts := leaving.counts[part]) is not None]
        if len(counts) == len(closed):
            made = _merged(total, shown, [groups[part] for part in closed], counts, policy)
            if made is not None:
                found.append(_with_figures(*made, leaving.covariance(*closed), correlation))
    return tuple(found)


def _merged(
    total: GroupResult,
    shown: Sequence[GroupResult],
    closed: Sequence[GroupResult],
    counts: Sequence[Counts],
    policy: Policy,
) -> tuple[GroupResult, Counts] | None:
    """Return the closed committees as one group with its published counts, or None where a rule forbids it.

    An employer may have vacancies in several committees: there are at least as many employers as the total has besides
    the shown committees, and the largest one has at most the sum of the largest ones.
    """
    design = design_of(counts[0])
    made = design.counts({cell: sum(count.as_dict()[cell] for count in counts) for cell in design.cells})
    largest = [sum(sizes) for sizes in zip(*(_five(group) for group in closed), strict=True)]
    sizes = dict.fromkeys(sorted(set(largest) - {0}), 0)
    for size in filter(None, largest):
        sizes[size] += 1
    employers = None
    if total.employers is not None:
        employers = total.employers - sum(group.employers or 0 for group in shown)
    group = dataclasses.replace(
        total,
        joint_committee=JOINED.join(str(group.joint_committee) for group in closed),
        pairs=sum(group.pairs for group in closed),
        employers=employers,
        employer_sizes=sizes,
        counts=made,
    )
    known = total.employers is not None
    broken = too_small(group, policy, employers_known=known) or dominated(group.pairs, largest_employers(group), policy)
    return None if broken or all_or_nothing(made, policy) else (group, made)


def _five(group: GroupResult) -> tuple[int, ...]:
    return (*largest_employers(group), 0, 0, 0, 0, 0)[:5]


def _with_figures(group: GroupResult, counts: Counts, covariance: FloatArray | None, correlation: float) -> Release:
    effect = largest_design_effect(group.pairs, group.employers, group.largest_employer_pairs, correlation)
    (figures,) = protected_figures(
        [counts],
        noise=[covariance],
        effects=[effect],
        confidence_level=group.estimates[0].confidence_level if group.estimates else 0.95,
        names=computed(group),
    )
    return Release(
        sector=group.sector,
        joint_committee=group.joint_committee,
        criterion=group.criterion,
        level=None,
        outcome=group.outcome,
        extra={},
        pairs=group.pairs,
        employers=None,
        counts=counts,
        noise=as_rows(covariance),
        estimates=figures.estimates if figures else (),
        tests=figures.tests if figures else (),
        design_effect=figures.design_effect if figures else 1.0,
        noise_variance=figures.noise_variance if figures else 0.0,
        suppression=None,
        seal=_SEAL,
    )
