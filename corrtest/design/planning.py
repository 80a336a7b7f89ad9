"""From studies and their vacancies to frozen plans: allocate, date, deal, and say what is short."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design.dealing import deal_committee, usable_templates, weights
from corrtest.design.employer_load import employees_of, employer_caps
from corrtest.design.frame import StudyFrame, frame_of, joint_problem
from corrtest.design.placement import DayRoom, Ledger, Placed, place_dates
from corrtest.design.plan import PAIR_COLUMNS, PLAN_SCHEMA, Plan, Shortfall, pairs_quota, typed
from corrtest.design.plan_files import parquet_digest, table_digest, text_digest
from corrtest.design.sending_days import DAYS, SendingDays, sending_days
from corrtest.design.shortfall import committee_supply, shortfall_binding, shortfall_cause
from corrtest.design.sweep import allocate_large
from corrtest.errors import DesignError, Fault
from corrtest.spec import Study

__all__ = ["Earlier", "extend", "make_plan", "plan_together"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The version that an amendment builds on: its pairs stay as they are, new ones start on `since` or later."""

    pairs: pd.DataFrame
    version: int
    since: date


def make_plan(
    study: Study,
    vacancies: pd.DataFrame,
    *,
    allow_shortfall: bool = False,
    already_sent: pd.DataFrame | None = None,
    pairs_per_day: int | None = None,
) -> Plan:
    """Plan one study.

    Parameters
    ----------
    study : Study
    vacancies : DataFrame
        As `read_vacancies` gives them.
    allow_shortfall : bool
        Plan what fits and record what does not. Otherwise a study that cannot be filled is refused.
    already_sent : DataFrame, optional
        Pairs that employers got from other studies: columns employer_id, send_first_on (dates). They count for the
        caps.
    pairs_per_day : int, optional
        Most pairs that the partner who sends can start on a day.

    Raises
    ------
    DesignError
        Where a quota cannot be filled and `allow_shortfall` is not set: each stratum, its count and its cause.
    """
    return plan_together(
        [study],
        vacancies,
        allow_shortfall=allow_shortfall,
        already_sent=already_sent,
        pairs_per_day=None if pairs_per_day is None else {study.name: pairs_per_day},
    )[0]


def plan_together(
    studies: Sequence[Study],
    vacancies: pd.DataFrame,
    *,
    allow_shortfall: bool = False,
    already_sent: pd.DataFrame | None = None,
    pairs_per_day: Mapping[str, int] | None = None,
    seed: int | None = None,
) -> tuple[Plan, ...]:
    """Plan several studies at once, with every employer's cap held over all of them.

    `seed` (default the first study's) decides between vacancies that serve equally; what is drawn inside a study
    follows from its own seed, so that re-drawing one study leaves the draws of the others as they were. `pairs_per_day`
    is by study name.
    """
    _check_instruments(studies)
    _check_together(studies)
    seed = studies[0].seed if seed is None else seed
    vacancies = vacancies.reset_index(drop=True)
    placed, bound = _place(studies, vacancies, already_sent, seed, pairs_per_day or {}, None)
    plans = tuple(
        _assemble(
            study,
            vacancies,
            placed[number],
            bound,
            already_sent,
            settings=_settings(study, seed, pairs_per_day or {}, studies),
        )
        for number, study in enumerate(studies)
    )
    if not allow_shortfall:
        _refuse_shortfalls(plans)
    return plans


def extend(
    study: Study,
    vacancies: pd.DataFrame,
    earlier: Earlier,
    *,
    already_sent: pd.DataFrame | None = None,
    pairs_per_day: int | None = None,
) -> Plan:
    """Add pairs to an earlier version, whose pairs are neither moved nor drawn again."""
    vacancies = vacancies.reset_index(drop=True)
    per_day = {} if pairs_per_day is None else {study.name: pairs_per_day}
    placed, bound = _place([study], vacancies, already_sent, study.seed, per_day, earlier)
    settings = _settings(study, study.seed, per_day, [study])
    return _assemble(study, vacancies, placed[0], bound, already_sent, settings=settings, earlier=earlier)


def _settings(study: Study, seed: int, pairs_per_day: Mapping[str, int], studies: Sequence[Study]) -> dict[str, Any]:
    """Put on record what else the plan depends on, so that it can be made again."""
    return {
        "pairs_per_day": pairs_per_day.get(study.name),
        "planned_together": [
            {"study": each.name, "sha256": text_digest(each.source), "pairs_per_day": pairs_per_day.get(each.name)}
            for each in studies
            if len(studies) > 1
        ],
        "seed_between_vacancies": seed,
    }


def _check_instruments(studies: Sequence[Study]) -> None:
    others = [study for study in studies if study.instrument != "correspondence_test"]
    if others:
        named = "; ".join(f"'{study.name}' measures by {study.instrument.replace('_', ' ')}" for study in others)
        raise DesignError(
            f"No pairs are planned for a study that is no correspondence test: {named}. Leave it out, or write "
            'instrument = "correspondence_test" in its [study] and fill in the quotas.'
        )


def _check_together(studies: Sequence[Study]) -> None:
    names = [study.name for study in studies]
    faults = [
        Fault(
            key="study.name",
            given=f"'{name}' {names.count(name)} times",
            expected="a different name for each study",
            action="Rename one of them: a study's random choices follow from its name.",
        )
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    first = studies[0].caps
    faults.extend(
        Fault(
            key="caps",
            given=f"{study.caps} in '{study.name}'",
            expected=f"the caps of '{studies[0].name}'",
            action="Give studies that are planned together the same [caps]: an employer has one cap over all of them.",
        )
        for study in studies[1:]
        if study.caps != first
    )
    if faults:
        raise DesignError("These studies cannot be planned together.", faults)


def _place(
    studies: Sequence[Study],
    vacancies: pd.DataFrame,
    already_sent: pd.DataFrame | None,
    seed: int,
    pairs_per_day: Mapping[str, int],
    earlier: Earlier | None,
) -> tuple[list[Placed], float]:
    """Choose vacancies and days for every study."""
    caps = studies[0].caps
    since = min(study.period.start for study in studies)
    start = None if earlier is None else earlier.since
    calendars = [sending_days(study, since=since, not_before=start) for study in studies]
    employers = pd.Index(sorted(vacancies["employer_id"].unique()))
    employer = employers.get_indexer(vacancies["employer_id"]).astype(np.int64)
    total, window = employer_caps(caps, employees_of(vacancies, employers), len(employers))
    loads = [table for table in (already_sent, None if earlier is None else earlier.pairs) if table is not None]
    sent_employer = np.empty(0, dtype=np.int64)
    sent_day = np.empty(0, dtype=np.int64)
    for table in loads:
        position = employers.get_indexer(table["employer_id"])
        known = position >= 0
        sent_employer = np.append(sent_employer, position[known].astype(np.int64))
        days = calendars[0].day_numbers(pd.to_datetime(table["send_first_on"]))[known]
        sent_day = np.append(sent_day, days)
    ledger = Ledger(window_days=caps.window.weeks * DAYS, lag=max(c.lag for c in calendars), total=total, window=window)
    for who, day in zip(sent_employer, sent_day, strict=True):
        ledger.add(int(who), int(day))
    kept = pd.DataFrame(columns=["vacancy_id", "joint_committee"]) if earlier is None else earlier.pairs
    usable = ~vacancies["vacancy_id"].isin(set(kept["vacancy_id"])).to_numpy(dtype=np.bool_)
    placed = {str(name): int(count) for name, count in kept["joint_committee"].value_counts().items()}
    frames = [
        frame_of(study, vacancies, calendar, seed, usable=usable, placed=placed)
        for study, calendar in zip(studies, calendars, strict=True)
    ]
    rooms = [
        _day_room(study, calendar, pairs_per_day, earlier) for study, calendar in zip(studies, calendars, strict=True)
    ]
    problem = joint_problem(
        frames,
        seed=seed,
        vacancy_ids=list(vacancies["vacancy_id"]),
        vacancy_employer=employer,
        employer_total=np.maximum(total - np.bincount(sent_employer, minlength=len(employers)), 0),
        employer_window=window,
        window_weeks=caps.window.weeks,
        sent_employer=sent_employer,
        sent_day=sent_day,
        week_room=[room.per_week(calendar) for room, calendar in zip(rooms, calendars, strict=True)],
    )
    allocation = allocate_large(problem, _blocks(frames))
    found = place_dates(frames, allocation, problem.option_preference, employer, ledger, rooms)
    return found, allocation.bound + len(kept)


def _blocks(frames: Sequence[StudyFrame]) -> npt.NDArray[np.int64]:
    """Number each option by its study and committee."""
    first = np.cumsum([0, *(len(frame.committees) for frame in frames)])
    return np.concatenate([frame.committee + start for frame, start in zip(frames, first, strict=False)])


def _day_room(
    study: Study, calendar: SendingDays, pairs_per_day: Mapping[str, int], earlier: Earlier | None
) -> DayRoom:
    """Give the pairs that the study's partner can still start on each day."""
    if study.name not in pairs_per_day:
        return DayRoom()
    if pairs_per_day[study.name] < 1:
        raise DesignError(
            "No plan can be made.",
            [
                Fault(
                    key="pairs per day",
                    given=str(pairs_per_day[study.name]),
                    expected="1 or more",
                    action="Give the number of pairs that the partner can start on a day.",
                )
            ],
        )
    left = np.full(int(calendar.starts[-1]) + 1, pairs_per_day[study.name], dtype=np.int64)
    if earlier is not None:
        days = calendar.day_numbers(earlier.pairs["send_first_on"])
        np.subtract.at(left, days[(days >= 0) & (days < len(left))], 1)
    return DayRoom(np.maximum(left, 0))


def _assemble(
    study: Study,
    vacancies: pd.DataFrame,
    placed: Placed,
    bound: float,
    already_sent: pd.DataFrame | None,
    *,
    settings: Mapping[str, Any],
    earlier: Earlier | None = None,
) -> Plan:
    """Draw criteria, levels, templates and order for the placed pairs, and freeze them after the earlier ones."""
    calendar = placed.frame.calendar
    version = 1 if earlier is None else earlier.version + 1
    kept = None if earlier is None else earlier.pairs
    pairs = vacancies.iloc[placed.vacancy].reset_index(drop=True)
    pairs["send_first_on"] = calendar.dates(placed.day).to_numpy()
    pairs["send_second_on"] = calendar.dates(placed.day + calendar.lag).to_numpy()
    templates = usable_templates(study)
    left = dict(pairs_quota(study))
    if kept is not None:
        for stratum in zip(kept["joint_committee"], kept["criterion"], strict=True):
            left[stratum] = max(left.get(stratum, 0) - 1, 0)
    pieces = [
        deal_committee(
            study, committee, table, {c: n for (k, c), n in left.items() if k == committee and n}, templates, version
        )
        for committee in sorted(pairs["joint_committee"].unique())
        for table in [pairs[pairs["joint_committee"] == committee]]
    ]
    if pieces:
        pairs = pd.concat(pieces)
    pairs = pairs.sort_values(["send_first_on", "vacancy_id"]).reset_index(drop=True)
    first = 1 if kept is None or kept.empty else 1 + max(int(name[1:]) for name in kept["pair_id"])
    pairs["pair_id"] = [f"P{number + first:05d}" for number in range(len(pairs))]
    pairs["sector"], pairs["wave"] = study.sector, study.wave
    columns = [*PAIR_COLUMNS, *(["employees"] if "employees" in pairs else [])]
    pairs = typed(pairs.reindex(columns=columns).assign(weight=weights(pairs, placed)))
    if kept is not None:
        pairs = (
            pd.concat([kept, pairs], ignore_index=True) if len(pairs) and len(kept) else kept if len(kept) else pairs
        )
    shortfalls = _shortfalls(study, vacancies, pairs, placed)
    manifest = _manifest(study, vacancies, pairs, shortfalls, bound, already_sent, version)
    return Plan(study=study, pairs=pairs, shortfalls=shortfalls, manifest={**manifest, "settings": dict(settings)})


def _shortfalls(study: Study, vacancies: pd.DataFrame, pairs: pd.DataFrame, placed: Placed) -> tuple[Shortfall, ...]:
    supply = committee_supply(study, vacancies, placed.frame.calendar)
    count = pairs.groupby(["joint_committee", "criterion"]).size()
    per_committee = pairs.groupby("joint_committee").size()
    shortfalls = []
    for (committee, criterion), wanted in pairs_quota(study).items():
        planned = int(count.get((committee, criterion), 0))
        if planned >= wanted:
            continue
        carried = (supply.loc[committee].to_dict(), study, int(per_committee.get(committee, 0)))
        binding, figures = shortfall_binding(*carried)
        shortfalls.append(
            Shortfall(
                joint_committee=committee,
                criterion=criterion,
                wanted=wanted,
                planned=planned,
                cause=shortfall_cause(*carried),
                binding=binding,
                figures=figures,
            )
        )
    return tuple(shortfalls)


def _manifest(
    study: Study,
    vacancies: pd.DataFrame,
    pairs: pd.DataFrame,
    shortfalls: Sequence[Shortfall],
    bound: float,
    already_sent: pd.DataFrame | None,
    version: int,
) -> dict[str, Any]:
    """Describe the plan: what it was made from and with. No clock: the same inputs give the same bytes."""
    return {
        "schema": PLAN_SCHEMA,
        "study": study.name,
        "version": version,
        "seed": study.seed,
        "tests_are": study.fieldwork.tests_are,
        "pairs": len(pairs),
        "pairs_wanted": sum(pairs_quota(study).values()),
        "upper_bound": bound,
        "gap": 0.0 if not bound else round(1 - len(pairs) / bound, 6),
        "versions": {
            name: importlib.metadata.version(name)
            for name in ("corrtest", "highspy", "numpy", "pandas", "pyarrow", "scipy")
        },
        "inputs": {
            "study": text_digest(study.source),
            "vacancies": table_digest(vacancies),
            "already_sent": None if already_sent is None else table_digest(already_sent),
        },
        "sha256": parquet_digest(pairs),
        "shortfalls": [asdict(item) for item in shortfalls],
    }


def _refuse_shortfalls(plans: Sequence[Plan]) -> None:
    faults = [
        Fault(
            key=f"committee {item.joint_committee}, {item.criterion}",
            given=f"room for {item.planned} of {item.wanted} pairs ({item.cause})",
            expected="room for every pair that the study wants",
            action="Add vacancies, lower the quota or loosen the caps, or plan what fits with --allow-shortfall.",
        )
        for plan in plans
        for item in plan.shortfalls
    ]
    if faults:
        names = ", ".join(f"'{plan.study.name}'" for plan in plans)
        raise DesignError(f"The vacancies cannot fill {names}; nothing was planned.", faults)
