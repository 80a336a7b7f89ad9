"""The gate: results in, releases out. Nothing else makes a `Release`.

Primary rules look at a cell by itself; complementary suppression then hides further cells, so that no hidden cell can
be had by subtraction from the totals that are shown. A cell hidden for one outcome is hidden for all of them: strict
and broad reactions of the same pairs tell too much of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from corrtest.disclosure.margins import Relation, relations
from corrtest.disclosure.policy import Policy
from corrtest.disclosure.release import _SEAL, Release, ReleaseSet, Suppression
from corrtest.errors import DisclosureError

if TYPE_CHECKING:
    from corrtest.analysis import GroupResult, Results


def release(results: Results, policy: Policy) -> ReleaseSet:
    """Return what may be printed of `results` under `policy`.

    Parameters
    ----------
    results : Results
        Every group that the analysis made. Groups with the same keys apart from the outcome hold the same pairs.
    policy : Policy
        See `default_policy`.

    Returns
    -------
    ReleaseSet
        One release per group, in the order of the results.
    """
    groups = list(results.groups)
    if not groups:
        raise DisclosureError("The results hold no group, so there is nothing to release. Run the analysis again.")
    # Where the employers are unknown the vacancy is the unit whose answer is protected: a pair is one vacancy.
    employers_known = any(group.employers is not None for group in groups)
    hidden: dict[int, Suppression] = {}
    for position, group in enumerate(groups):
        suppression = primary(group, policy, employers_known=employers_known)
        if suppression:
            hidden[position] = suppression
    extra = tuple(dict.fromkeys(name for group in groups for name in group.extra))
    cells = [keys_of(group, extra) for group in groups]
    _spread_over_outcomes(cells, hidden)
    links = relations(cells, [group.pairs for group in groups])
    while _complement(groups, links, hidden):
        _spread_over_outcomes(cells, hidden)
    return ReleaseSet(
        releases=tuple(_release(group, hidden.get(position)) for position, group in enumerate(groups)),
        policy=policy,
        unit="employer" if employers_known else "vacancy",
        simulated=bool(results.simulated),
        study=dict(results.study or {}),
        shortfalls=tuple(dict(shortfall) for shortfall in results.shortfalls or ()),
        inputs=dict(results.inputs or {}),
        plan=dict(results.plan or {}),
        seal=_SEAL,
    )


def keys_of(group: GroupResult, extra: Sequence[str]) -> dict[str, str | None]:
    """Return the grouping fields of a group, the `extra` ones and the outcome included."""
    return {
        "sector": group.sector,
        "joint_committee": group.joint_committee,
        "criterion": group.criterion,
        "level": group.level,
        **{name: group.extra.get(name) for name in extra},
        "outcome": group.outcome,
    }


def primary(group: GroupResult, policy: Policy, *, employers_known: bool) -> Suppression | None:
    """Return why this cell may not be shown by itself, or None when it may."""
    if group.pairs < policy.min_pairs:
        return Suppression(rule="min_pairs", facts={"least": policy.min_pairs})
    units = group.employers if group.employers is not None else (0 if employers_known else group.pairs)
    if units < policy.min_employers:
        rule = "min_employers" if employers_known else "min_vacancies"
        return Suppression(rule=rule, facts={"least": policy.min_employers})
    largest = group.largest_employer_pairs
    if largest is not None:
        if largest > policy.largest_share * group.pairs:
            return Suppression(rule="largest_share", facts={"percent": round(100 * policy.largest_share)})
        if group.pairs - 2 * largest < policy.remainder_share * largest:
            return Suppression(rule="remainder_share")
    if policy.hide_all_or_nothing and _all_or_nothing(group.counts):
        return Suppression(rule="all_or_nothing")
    return None


def _all_or_nothing(counts: Any) -> bool:
    control = counts.both + counts.control_only
    treated = counts.both + counts.treated_only
    pairs = control + counts.treated_only + counts.neither
    return bool({control, treated} & {0, pairs})


def _spread_over_outcomes(cells: Sequence[dict[str, str | None]], hidden: dict[int, Suppression]) -> None:
    """Hide every cell whose twin for another outcome is hidden."""
    twins: dict[tuple[str | None, ...], list[int]] = {}
    for position, cell in enumerate(cells):
        twins.setdefault(tuple(value for field, value in cell.items() if field != "outcome"), []).append(position)
    for members in twins.values():
        first = next((hidden[member] for member in members if member in hidden), None)
        if first is None:
            continue
        for member in members:
            same = first if first.rule not in {"all_or_nothing"} else Suppression(rule="companion")
            hidden.setdefault(member, same)


def _complement(groups: Sequence[GroupResult], links: Sequence[Relation], hidden: dict[int, Suppression]) -> bool:
    """Hide the smallest part beside each lone hidden part; True when something was added."""
    added = False
    for link in links:
        if link.total in hidden or link.rest:
            continue
        lone = [part for part in link.parts if part in hidden]
        rest = [part for part in link.parts if part not in hidden]
        if len(lone) == 1:
            target = min(rest, key=lambda part: (groups[part].pairs, part)) if rest else link.total
            hidden[target] = Suppression(rule="complementary")
            added = True
    return added


def _release(group: GroupResult, suppression: Suppression | None) -> Release:
    shown = suppression is None
    return Release(
        sector=group.sector,
        joint_committee=group.joint_committee,
        criterion=group.criterion,
        level=group.level,
        outcome=group.outcome,
        extra=dict(group.extra),
        pairs=group.pairs if shown else None,
        employers=group.employers if shown else None,
        counts=group.counts if shown else None,
        estimates=tuple(group.estimates) if shown else (),
        suppression=suppression,
        seal=_SEAL,
    )
