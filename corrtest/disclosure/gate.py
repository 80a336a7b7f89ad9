"""The gate: results in, releases out. Nothing else makes a `Release`.

In order: noise on the counts (`noise`), the rules that a cell must satisfy by itself, the log of earlier releases, and
complementary suppression over all margins together (`complement`). A cell hidden for one outcome is hidden for all:
strict and broad reactions of the same pairs tell too much of each other. From the noisy counts on nothing reads a true
one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from corrtest.analysis import (
    IDENTIFYING,
    Counts,
    Design,
    GroupResult,
    Published,
    Results,
    design_named,
    largest_design_effect,
    tells_apart,
)
from corrtest.disclosure.account import require_unspent
from corrtest.disclosure.cells import Earlier, ReportCells, keys_of, spread_over_outcomes
from corrtest.disclosure.concentration import public_concentration
from corrtest.disclosure.fieldwork import public_fieldwork
from corrtest.disclosure.intervals import computed, protected_figures
from corrtest.disclosure.keyed import keyed_inputs, secret_for
from corrtest.disclosure.merging import merged_committees
from corrtest.disclosure.noise import FloatArray
from corrtest.disclosure.noised import Keys, PublishedCounts, as_rows, main_epsilon, noised
from corrtest.disclosure.odd import odd_checks, odd_kinds, without_odd
from corrtest.disclosure.policy import COALITION, Override, Policy, override_needed
from corrtest.disclosure.release import _SEAL, Release, ReleaseSet, Suppression
from corrtest.disclosure.releaselog import EarlierRelease
from corrtest.disclosure.rounding import rounded
from corrtest.disclosure.rules import PROTECTED, alike, all_or_nothing, by_size, too_few
from corrtest.errors import DisclosureError
from corrtest.language import say
from corrtest.spec import every_column

# What a report may say of the study; anything else that came along stays behind.
PUBLIC_STUDY = frozenset(
    {
        *("name", "sector", "wave", "language", "period", "committees", "criteria", "caps", "outcomes", "tests_are"),
        "primary_outcome",
        *("ethics_reference", "authorised_by", "employers_informed_on", "lag_days", "reaction_window_days"),
        *("disclosure", "amendments", "deviations", "pairing", "stratify_by", "analysis", "labels", "length_balance"),
        *("combinations", "signals", "instrument", "client_calls", "profile", "follows", "channels"),
    }
)


class Log(Protocol):
    """What the gate asks of the memory of earlier releases."""

    @property
    def secret(self) -> bytes:
        """The secret that the noise follows from."""

    def by_key(self) -> Earlier:
        """Return what left before, by the keys of each cell."""

    def earlier(self) -> Sequence[EarlierRelease]:
        """Return every release that left before."""

    def record(self, released: EarlierRelease, facts: Mapping[str, Any] | None = None) -> None:
        """Remember what leaves now, with facts about it."""


def release(
    results: Results, policy: Policy, log: Log | None = None, *, override: Override | None = None
) -> ReleaseSet:
    """Return what may be printed of `results` under `policy`, and write it down in `log`.

    Parameters
    ----------
    results : Results
        Every group that the analysis made. Groups with the same keys apart from the outcome hold the same pairs.
    policy : Policy
        See `policy_for`.
    log : ReleaseLog or Publication, optional
        Earlier releases of the same study or register; a `Publication` remembers this one when its files are in place.
        Only results that protect nobody (simulated reactions, published data) leave without it.
    override : Override, optional
        Who allows a policy that is laxer than the default one, and why; such a policy is refused without it.

    Returns
    -------
    ReleaseSet
        One release per group, in the order of the results.
    """
    if not results.groups:
        raise DisclosureError(say("The results hold no group, so there is nothing to release. Run the analysis again."))
    _refuse_groupings(results)
    allowed = override_needed(results, policy, override)
    extra = tuple(dict.fromkeys(name for group in results.groups for name in group.extra))
    keys = [keys_of(group, extra) for group in results.groups]
    # Where the employers are unknown the vacancy is the unit whose answer is protected: a pair is one vacancy.
    employers_known = any(group.employers is not None for group in results.groups)
    secret = secret_for(results, log)
    odd = odd_kinds(results, policy)
    sure = policy.exact or sizes_known(results)
    cells = ReportCells.of(
        results.groups,
        keys,
        wave=dict(results.study or {}).get("wave"),
        employers_known=employers_known,
        membership=results.membership,
        left_out=policy.exact and not sizes_known(results),
        sizes_known=sure,
    )
    leaving = _leaving(results, keys, cells, policy, secret, employers_known=employers_known)
    counts = leaving.counts
    groups = results.groups if sure else _resized(results.groups, counts)
    cells = cells.showing(
        results.groups,
        keys,
        counts,
        secret,
        noise=leaving.marks,
        besides=[odd.get(position, {}) for position in range(len(groups))],
    )
    checks = _exact_checks(groups, cells, odd, policy)
    hidden, closed = _hidden(
        groups, counts, cells, log, policy, checks, outcomes=_outcomes(results), employers_known=employers_known
    )
    told = {place for position, place in enumerate(cells.of_group) if position not in hidden}
    checks = {place: own for place, own in checks.items() if place in told - closed}
    untold = frozenset(
        position for position in odd if policy.protection == COALITION and cells.of_group[position] not in checks
    )
    correlation = results.employer_correlation
    effects = [
        g.design_effect if sure else largest_design_effect(g.pairs, g.employers, g.largest_employer_pairs, correlation)
        for g in groups
    ]
    figures = _figures(groups, leaving, effects)
    releases = tuple(
        _release(
            group,
            keys[position],
            counts[position],
            leaving.covariance(position),
            figures[position],
            hidden.get(position),
        )
        for position, group in enumerate(groups)
    )
    if not sure:
        releases = tuple(dataclasses.replace(each, employers=None, seal=_SEAL) for each in releases)
    earlier = log.by_key() if log else {}
    # How many pairs an employer has would tell which of its reactions were odd, where those are left out.
    concentration = public_concentration(
        results.concentration if sizes_known(results) else (),
        releases,
        policy,
        first_or_same=lambda position: cells.first_or_same(position, earlier),
    )
    if log:
        shown = cells.shown(hidden, checks, epsilon=None if policy.exact else policy.epsilon)
        require_unspent(shown, log.earlier(), policy)
        log.record(shown, {} if allowed is None else {"override": allowed.as_dict()})
    return ReleaseSet(
        releases=releases,
        merged=merged_committees(groups, keys, leaving, hidden, cells, policy, correlation=correlation),
        odd_checks=odd_checks(groups, odd, hidden, policy, outcomes=_outcomes(results), secret=secret, closed=untold),
        design=results.design,
        policy=policy,
        override=allowed,
        unit="employer" if employers_known else "vacancy",
        simulated=bool(results.simulated),
        study={key: value for key, value in (results.study or {}).items() if key in PUBLIC_STUDY},
        shortfalls=tuple(dict(shortfall) for shortfall in results.shortfalls or ()),
        inputs=keyed_inputs(results.inputs or {}, log) | _reference(results.notes),
        plan=dict(results.plan or {}),
        fieldwork=public_fieldwork(results.fieldwork, policy, sizes_known=sizes_known(results)),
        concentration=concentration,
        seal=_SEAL,
    )


def sizes_known(results: Results) -> bool:
    """Return whether the plan alone tells how many pairs a cell has: not where odd reactions take pairs out of it."""
    return (results.inputs or {}).get("odd_reactions") != "left_out"


def _leaving(
    results: Results, keys: Sequence[Keys], cells: ReportCells, policy: Policy, secret: bytes, *, employers_known: bool
) -> PublishedCounts:
    """Return the counts as they leave: exact, or with noise on every layer of tables of which a cell can be shown."""
    true = [group.counts for group in results.groups]
    if policy.exact:
        return PublishedCounts.exact([rounded(counts, policy.rounding_base) for counts in true])
    known, design = sizes_known(results), _design(results.groups)
    return noised(
        keys,
        [group.pairs for group in results.groups],
        true,
        design=design,
        outcomes=_outcomes(results),
        can_be_shown=[
            not known or by_size(cells.sizes_at(place), policy, employers_known=employers_known) is None
            for place in cells.of_group
        ],
        sizes_known=known,
        epsilon=main_epsilon(policy, design),
        total_sd=policy.total_sd,
        base=policy.rounding_base,
        secret=secret,
    )


def _outcomes(results: Results) -> dict[str, Sequence[str]]:
    """Return the outcomes of the results, with the reactions that are positive where these are known."""
    known = dict((results.inputs or {}).get("outcomes") or {})
    return {name: tuple(known.get(name, ())) for name in dict.fromkeys(group.outcome for group in results.groups)}


def _resized(groups: Sequence[GroupResult], counts: Sequence[Counts | None]) -> tuple[GroupResult, ...]:
    """Return groups whose sizes carry noise: nothing reads a true number of pairs or employers from here on.

    A group has at least its pairs ÷ its largest employer's pairs employers. Where sizes are not known every group is
    measured.
    """
    made = []
    for group, count in zip(groups, counts, strict=True):
        if count is None:
            raise AssertionError("a group of unknown size was not measured")
        pairs = sum(count.as_dict().values())
        employers = None if group.employers is None else pairs // max(1, group.largest_employer_pairs or 1)
        made.append(dataclasses.replace(group, pairs=pairs, employers=employers, counts=count))
    return tuple(made)


def _refuse_groupings(results: Results) -> None:
    """Refuse results by a column that tells employers or pairs apart, or whose words are not to leave."""
    inside = {column.name for column in every_column() if not column.leaves}
    # A province or an occupation tells nobody apart, however few pairs there are: small cells are hidden one by one.
    outside = {column.name for column in every_column() if column.leaves}
    for name in dict.fromkeys(name for group in results.groups for name in group.extra):
        groups = [g for g in results.groups if g.extra.get(name) and g.outcome == results.groups[0].outcome]
        units = [group.pairs if group.employers is None else group.employers for group in groups]
        if name.casefold() in IDENTIFYING or name in inside or (name not in outside and tells_apart(units)):
            raise DisclosureError(
                say(
                    "Results by '{name}' may not leave: the column tells employers or pairs apart, or is internal. "
                    "Analyse again without it.",
                    name=name,
                )
            )


def _design(groups: Sequence[GroupResult]) -> Design[Any, Any]:
    """Return the design of the groups; one analysis has one."""
    found = {group.counts.design for group in groups}
    if len(found) > 1:
        raise DisclosureError(say("The results mix pairs and single applications. Analyse the two designs apart."))
    return design_named(found.pop())


def _exact_checks(
    groups: Sequence[GroupResult], cells: ReportCells, odd: Mapping[int, Mapping[str, int]], policy: Policy
) -> dict[int, dict[str, Counts]]:
    """Return cell → the counts of each outcome without odd pairs, where these would leave exact."""
    if policy.protection != COALITION:
        return {}
    found: dict[int, dict[str, Counts]] = {}
    for position, kinds in odd.items():
        own = found.setdefault(cells.of_group[position], {})
        own[groups[position].outcome] = without_odd(kinds)
    return {
        place: own
        for place, own in found.items()
        if cells.membership.odd and not any(all_or_nothing(counts, policy) for counts in own.values())
    }


def _hidden(
    groups: Sequence[GroupResult],
    counts: Sequence[Counts | None],
    cells: ReportCells,
    log: Log | None,
    policy: Policy,
    checks: Mapping[int, Mapping[str, Counts]],
    *,
    outcomes: Mapping[str, Sequence[str]],
    employers_known: bool,
) -> tuple[dict[int, Suppression], frozenset[int]]:
    """Return which groups may not be shown, and why; and of which cells the check without odd pairs may not."""
    before = log.by_key() if log else {}
    changed = cells.changed(log.earlier() if log else (), policy)
    hidden: dict[int, Suppression] = {}
    for position, place in enumerate(cells.of_group):
        sizes, shown = cells.sizes_at(place), counts[position]
        suppression = by_size(sizes, policy, employers_known=employers_known)
        suppression = suppression or too_few(groups[position].pairs, policy)
        if shown is not None:
            suppression = suppression or all_or_nothing(shown, policy) or alike(shown, sizes, policy)
        suppression = suppression or cells.repeated(place, before, policy)
        if place in changed:
            suppression = suppression or Suppression(rule="earlier_release")
        if suppression:
            hidden[position] = suppression
    spread_over_outcomes(cells.of_group, hidden)
    places, closed = cells.complement(hidden, log.earlier() if log else (), policy, checks, outcomes)
    for place in places:
        for position in cells.groups_at(place):
            hidden[position] = PROTECTED
    return hidden, closed


def _reference(notes: Sequence[str]) -> dict[str, str]:
    """Return the candidate that all others were compared with, where the analysis notes one."""
    mark = "Reference: "
    found = [note.removeprefix(mark).rstrip(".") for note in notes if note.startswith(mark)]
    return {"reference": found[0]} if found else {}


def _figures(
    groups: Sequence[GroupResult], leaving: PublishedCounts, effects: Sequence[float]
) -> list[Published | None]:
    """Return what is published of every group, from its published counts."""
    levels = {estimate.confidence_level for group in groups for estimate in group.estimates[:1]}
    if len(levels) > 1:
        raise DisclosureError(say("The results mix confidence levels. Run the analysis again with one level."))
    made: list[Published | None] = [None for _ in groups]
    measured = [(place, counts) for place, counts in enumerate(leaving.counts) if counts is not None]
    found = protected_figures(
        [counts for _, counts in measured],
        noise=[leaving.covariance(place) for place, _ in measured],
        effects=[effects[place] for place, _ in measured],
        confidence_level=levels.pop() if levels else 0.95,
        names=computed(*groups),
    )
    for (place, _), figures in zip(measured, found, strict=True):
        made[place] = figures
    return made


def _release(
    group: GroupResult,
    keys: Mapping[str, str | None],
    counts: Counts | None,
    covariance: FloatArray | None,
    figures: Published | None,
    suppression: Suppression | None,
) -> Release:
    shown = suppression is None and counts is not None
    fixed = {"sector", "joint_committee", "criterion", "level", "outcome"}
    return Release(
        sector=group.sector,
        joint_committee=group.joint_committee,
        criterion=group.criterion,
        level=group.level,
        outcome=group.outcome,
        extra={name: value for name, value in keys.items() if name not in fixed},
        pairs=group.pairs if shown else None,
        employers=group.employers if shown else None,
        counts=counts if shown else None,
        noise=as_rows(covariance) if shown else None,
        estimates=figures.estimates if shown and figures else (),
        tests=figures.tests if shown and figures else (),
        design_effect=figures.design_effect if shown and figures else 1.0,
        noise_variance=figures.noise_variance if shown and figures else 0.0,
        suppression=suppression,
        seal=_SEAL,
    )
