"""Committees that are hidden one by one, shown together.

Where a sector's total is shown, the sum of its hidden committees can be had by subtraction, and complementary
suppression has seen to it that this sum is fit to be seen. Showing it as one result tells no more and loses less: a
tiny committee then does not cost the reader the pairs of the larger one that is hidden with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from corrtest.analysis import Counts, GroupResult, design_effect, design_of
from corrtest.disclosure.cells import ReportCells
from corrtest.disclosure.intervals import computed, protected_figures
from corrtest.disclosure.margins import relations
from corrtest.disclosure.noise import FloatArray
from corrtest.disclosure.noised import PublishedCounts, as_rows
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import _SEAL, Release, Suppression
from corrtest.disclosure.rules import alike, all_or_nothing, by_size

_FIELD = "joint_committee"
JOINED = " + "


def merged_committees(
    groups: Sequence[GroupResult],
    keys: Sequence[Mapping[str, str | None]],
    leaving: PublishedCounts,
    hidden: Mapping[int, Suppression],
    cells: ReportCells,
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
        counts = [counts for part in closed if (counts := leaving.counts[part]) is not None]
        if len(counts) == len(closed):
            places = [cells.of_group[part] for part in closed]
            made = _merged(total, [groups[part] for part in closed], counts, places, cells, policy)
            if made is not None:
                found.append(_with_figures(*made, leaving.covariance(*closed), correlation))
    return tuple(found)


def _merged(
    total: GroupResult,
    closed: Sequence[GroupResult],
    counts: Sequence[Counts],
    places: Sequence[int],
    cells: ReportCells,
    policy: Policy,
) -> tuple[GroupResult, Counts] | None:
    """Return the closed committees as one group with its published counts, or None where a rule forbids it.

    An employer may have vacancies in several of them; it counts once.
    """
    design = design_of(counts[0])
    made = design.counts({cell: sum(count.as_dict()[cell] for count in counts) for cell in design.cells})
    known = total.employers is not None
    sizes = cells.sizes_of(places)
    every = cells.employers_of(places)
    group = dataclasses.replace(
        total,
        joint_committee=JOINED.join(str(group.joint_committee) for group in closed),
        pairs=sum(group.pairs for group in closed),
        employers=len(every) if known else None,
        employer_sizes={int(size): int(np.sum(every == size)) for size in np.unique(every)},
        counts=made,
    )
    broken = by_size(sizes, policy, employers_known=known)
    return None if broken or all_or_nothing(made, policy) or alike(made, sizes, policy) else (group, made)


def _with_figures(group: GroupResult, counts: Counts, covariance: FloatArray | None, correlation: float) -> Release:
    effect = design_effect(group.employer_sizes, correlation)
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
