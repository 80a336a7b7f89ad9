"""From studies and their vacancies to frozen plans: allocate, date, deal, and say what is short."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from corrtest import resources
from corrtest.design.allocation import allocate
from corrtest.design.counterbalance import deal_criteria, deal_levels, deal_templates, exact_counts
from corrtest.design.employer_load import employees_of, employer_caps
from corrtest.design.frame import frame_of, joint_problem
from corrtest.design.placement import Ledger, Placed, place_dates
from corrtest.design.plan import PAIR_COLUMNS, PLAN_SCHEMA, Plan, Shortfall, pairs_quota
from corrtest.design.plan_files import parquet_digest, table_digest, text_digest
from corrtest.design.sending_days import DAYS, sending_days
from corrtest.design.shortfall import committee_supply, shortfall_cause
from corrtest.design.substreams import substream
from corrtest.errors import DesignError, Fault
from corrtest.spec import Study

__all__ = ["make_plan", "plan_together"]


def make_plan(
    study: Study,
    vacancies: pd.DataFrame,
    *,
    allow_shortfall: bool = False,
    already_sent: pd.DataFrame | None = None,
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

    Raises
    ------
    DesignError
        Where a quota cannot be filled and `allow_shortfall` is not set: each stratum, its count and its cause.
    """
    return plan_together([study], vacancies, allow_shortfall=allow_shortfall, already_sent=already_sent)[0]


def plan_together(
    studies: Sequence[Study],
    vacancies: pd.DataFrame,
    *,
    allow_shortfall: bool = False,
    already_sent: pd.DataFrame | None = None,
    seed: int | None = None,
) -> tuple[Plan, ...]:
    """Plan several studies at once, with every employer's cap held over all of them.

    `seed` (default the first study's) decides between vacancies that serve equally; what is drawn inside a study
    follows from its own seed, so that re-drawing one study leaves the draws of the others as they were.
    """
    _check_instruments(studies)
    _check_together(studies)
    seed = studies[0].seed if seed is None else seed
    vacancies = vacancies.reset_index(drop=True)
    placed, bound = _place(studies, vacancies, already_sent, seed)
    plans = tuple(_assemble(study, vacancies, placed[number], bound) for number, study in enumerate(studies))
    if not allow_shortfall:
        _refuse_shortfalls(plans)
    return plans


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
    studies: Sequence[Study], vacancies: pd.DataFrame, already_sent: pd.DataFrame | None, seed: int
) -> tuple[list[Placed], float]:
    """Choose vacancies and days for every study."""
    caps = studies[0].caps
    since = min(study.period.start for study in studies)
    calendars = [sending_days(study, since=since) for study in studies]
    employers = pd.Index(sorted(vacancies["employer_id"].unique()))
    employer = employers.get_indexer(vacancies["employer_id"]).astype(np.int64)
    total, window = employer_caps(caps, employees_of(vacancies, employers), len(employers))
    sent_employer = np.empty(0, dtype=np.int64)
    sent_day = np.empty(0, dtype=np.int64)
    if already_sent is not None and len(already_sent):
        position = employers.get_indexer(already_sent["employer_id"])
        known = position >= 0
        sent_employer = position[known].astype(np.int64)
        sent_day = calendars[0].day_numbers(pd.to_datetime(already_sent["send_first_on"]))[known]
    ledger = Ledger(window_days=caps.window.weeks * DAYS, lag=max(c.lag for c in calendars), total=total, window=window)
    for who, day in zip(sent_employer, sent_day, strict=True):
        ledger.add(int(who), int(day))
    usable = np.ones(len(vacancies), dtype=np.bool_)
    frames = [
        frame_of(study, vacancies, calendar, seed, usable=usable, placed={})
        for study, calendar in zip(studies, calendars, strict=True)
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
        week_room=None,
    )
    allocation = allocate(problem)
    return place_dates(frames, allocation, problem.option_preference, employer, ledger), allocation.bound


def _assemble(study: Study, vacancies: pd.DataFrame, placed: Placed, bound: float) -> Plan:
    """Draw criteria, levels, templates and order for the placed pairs, and freeze them."""
    calendar = placed.frame.calendar
    pairs = vacancies.iloc[placed.vacancy].reset_index(drop=True)
    pairs["send_first_on"] = calendar.dates(placed.day).to_numpy()
    pairs["send_second_on"] = calendar.dates(placed.day + calendar.lag).to_numpy()
    quota = pairs_quota(study)
    pieces = [
        _deal_committee(study, committee, table, {c: n for (k, c), n in quota.items() if k == committee})
        for committee in sorted(pairs["joint_committee"].unique())
        for table in [pairs[pairs["joint_committee"] == committee]]
    ]
    if pieces:
        pairs = pd.concat(pieces)
    pairs = pairs.sort_values(["send_first_on", "vacancy_id"]).reset_index(drop=True)
    pairs["pair_id"] = [f"P{number + 1:05d}" for number in range(len(pairs))]
    pairs["sector"], pairs["wave"] = study.sector, study.wave
    columns = [*PAIR_COLUMNS, *(["employees"] if "employees" in pairs else [])]
    pairs = pairs.reindex(columns=columns)
    pairs["weight"] = _weights(pairs, placed)
    shortfalls = _shortfalls(study, vacancies, pairs, placed)
    return Plan(
        study=study, pairs=pairs, shortfalls=shortfalls, manifest=_manifest(study, vacancies, pairs, shortfalls, bound)
    )


def _deal_committee(study: Study, committee: str, table: pd.DataFrame, quota: Mapping[str, int]) -> pd.DataFrame:
    """Deal the criteria over a committee's pairs, and within each criterion all that is randomised."""

    def draw(*names: str) -> np.random.Generator:
        return substream(study.seed, *names, study.name, committee)

    table = table.sort_values("vacancy_id")
    table["shuffle"] = draw("pairs").random(len(table))
    table = table.sort_values(["occupation", "province", "shuffle"]).reset_index(drop=True)
    criteria = list(quota)
    counts = exact_counts(list(quota.values()), len(table), draw("criterion counts"))
    label, probability = deal_criteria(counts, draw("criterion"))
    table["criterion"] = [criteria[number] for number in label]
    table["criterion_probability"] = probability
    pieces = []
    for criterion in criteria:
        stratum = table[table["criterion"] == criterion]
        levels = study.criterion(criterion).levels
        dealt = deal_levels([level.share for level in levels], len(stratum), draw("level", criterion))
        stratum = stratum.assign(
            level=[levels[number].name for number in dealt],
            level_probability=[levels[number].share for number in dealt],
            shuffle=draw("order within level", criterion).random(len(stratum)),
        )
        cells = [name for name in ("occupation", "province") if name in study.fieldwork.stratify_by]
        stratum = stratum.sort_values([*cells, "level", "shuffle"])
        control, treated, first = deal_templates(_templates(study), len(stratum), draw("template and order", criterion))
        pieces.append(
            stratum.assign(
                control_template=control,
                treated_template=treated,
                first_arm=first,
                first_arm_probability=0.5,
            )
        )
    return pd.concat(pieces)


def _templates(study: Study) -> tuple[str, ...]:
    """Give the template sets that the study may use: its own list, or all that write its language."""
    names = study.fieldwork.templates or resources.template_set_names(study.language)
    if len(set(names)) < 2:
        raise DesignError(
            "The two applications of a pair need two different template sets.",
            [
                Fault(
                    key="fieldwork.templates",
                    given=", ".join(names) or f"no template set for language '{study.language}'",
                    expected="at least two template sets",
                    action="Name two sets in [fieldwork] templates, or add one to cv_templates/.",
                )
            ],
        )
    return tuple(dict.fromkeys(names))


def _weights(pairs: pd.DataFrame, placed: Placed) -> pd.Series:
    """Weigh a committee's pairs back to its vacancies, where the study stratifies by occupation or province.

    Weight = (cell's share of the committee's usable vacancies) ÷ (cell's share of the stratum's pairs), so its mean
    over a stratum is 1 where every cell got a pair.
    """
    names = list(placed.frame.cell_names.columns)
    if len(names) == 1 or pairs.empty:
        return pd.Series(1.0, index=pairs.index)
    supply = placed.frame.cell_names.assign(
        supply=np.bincount(placed.frame.cell, minlength=len(placed.frame.cell_names))
    )
    joined = pairs[[*names, "criterion"]].merge(supply, on=names, how="left")
    pair_share = joined.groupby([*names, "criterion"])["supply"].transform("size") / joined.groupby(
        ["joint_committee", "criterion"]
    )["supply"].transform("size")
    committee_supply_total = supply.groupby("joint_committee")["supply"].sum()
    supply_share = joined["supply"] / joined["joint_committee"].map(committee_supply_total)
    return pd.Series((supply_share / pair_share).to_numpy(), index=pairs.index)


def _shortfalls(study: Study, vacancies: pd.DataFrame, pairs: pd.DataFrame, placed: Placed) -> tuple[Shortfall, ...]:
    supply = committee_supply(study, vacancies, placed.frame.calendar)
    count = pairs.groupby(["joint_committee", "criterion"]).size()
    per_committee = pairs.groupby("joint_committee").size()
    return tuple(
        Shortfall(
            joint_committee=committee,
            criterion=criterion,
            wanted=wanted,
            planned=planned,
            cause=shortfall_cause(supply.loc[committee].to_dict(), study, int(per_committee.get(committee, 0))),
        )
        for (committee, criterion), wanted in pairs_quota(study).items()
        if (planned := int(count.get((committee, criterion), 0))) < wanted
    )


def _manifest(
    study: Study, vacancies: pd.DataFrame, pairs: pd.DataFrame, shortfalls: Sequence[Shortfall], bound: float
) -> dict[str, Any]:
    """Describe the plan: what it was made from and with. No clock: the same inputs give the same bytes."""
    return {
        "schema": PLAN_SCHEMA,
        "study": study.name,
        "seed": study.seed,
        "pairs": len(pairs),
        "pairs_wanted": sum(pairs_quota(study).values()),
        "upper_bound": bound,
        "versions": {
            name: importlib.metadata.version(name)
            for name in ("corrtest", "highspy", "numpy", "pandas", "pyarrow", "scipy")
        },
        "inputs": {"study": text_digest(study.source), "vacancies": table_digest(vacancies)},
        "sha256": parquet_digest(pairs),
        "shortfalls": [
            {
                "joint_committee": item.joint_committee,
                "criterion": item.criterion,
                "wanted": item.wanted,
                "planned": item.planned,
                "cause": item.cause,
            }
            for item in shortfalls
        ],
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
