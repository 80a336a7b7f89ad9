"""From studies and their vacancies to frozen plans: one study, several together, or a later version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from corrtest.design.assembling import plans_of
from corrtest.design.placing import Earlier, PlanInputs
from corrtest.design.plan import Plan
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import Caps, Study

__all__ = ["extend", "make_plan", "plan_together"]


def make_plan(
    study: Study,
    vacancies: pd.DataFrame,
    *,
    allow_shortfall: bool = False,
    already_sent: pd.DataFrame | None = None,
    pairs_per_day: int | None = None,
    key: bytes | None = None,
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
    key : bytes, optional
        What employers' pseudonyms are made with, 32 bytes; chance, unless a plan is made again or nothing is secret.
        What is drawn does not follow from it.

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
        key=key,
    )[0]


def plan_together(
    studies: Sequence[Study],
    vacancies: pd.DataFrame,
    *,
    allow_shortfall: bool = False,
    already_sent: pd.DataFrame | None = None,
    pairs_per_day: Mapping[str, int] | None = None,
    seed: int | None = None,
    key: bytes | None = None,
) -> tuple[Plan, ...]:
    """Plan several studies at once, with every employer's cap held over all of them.

    Where their caps differ, each study's cap in all and each study's window hold for the pairs of all of them together,
    so that the strictest rule decides.

    `seed` (default the first study's) decides between vacancies that serve equally; what is drawn inside a study
    follows from its own seed, so that re-drawing one study leaves the draws of the others as they were. `pairs_per_day`
    is by study name, `key` as in `make_plan`.
    """
    _check_instruments(studies)
    _check_together(studies)
    inputs = PlanInputs(
        studies=tuple(studies),
        vacancies=vacancies.reset_index(drop=True),
        caps=tuple(dict.fromkeys(study.caps for study in studies)),
        seed=studies[0].seed if seed is None else seed,
        already_sent=already_sent,
        pairs_per_day=pairs_per_day or {},
        key=key,
    )
    plans = plans_of(inputs)
    if not allow_shortfall:
        _refuse_shortfalls(plans)
    return plans


def extend(
    study: Study,
    vacancies: pd.DataFrame,
    earlier: Earlier,
    *,
    caps: Sequence[Caps] = (),
    already_sent: pd.DataFrame | None = None,
    pairs_per_day: int | None = None,
    key: bytes,
) -> Plan:
    """Add pairs to an earlier version, whose pairs are neither moved nor drawn again.

    `caps` are those of all the studies that it was planned with; default its own. `key` is that of the earlier version.
    """
    inputs = PlanInputs(
        studies=(study,),
        vacancies=vacancies.reset_index(drop=True),
        caps=tuple(dict.fromkeys([study.caps, *caps])),
        seed=study.seed,
        already_sent=already_sent,
        pairs_per_day={} if pairs_per_day is None else {study.name: pairs_per_day},
        earlier=earlier,
        key=key,
    )
    return plans_of(inputs)[0]


def _check_instruments(studies: Sequence[Study]) -> None:
    others = [study for study in studies if study.instrument != "correspondence_test"]
    if others:
        named = "; ".join(
            say("'{study}' measures by {instrument}", study=study.name, instrument=study.instrument.replace("_", " "))
            for study in others
        )
        raise DesignError(
            say(
                "No pairs are planned for a study that is no correspondence test: {named}. Leave it out, or write "
                'instrument = "correspondence_test" in its [study] and fill in the quotas.',
                named=named,
            )
        )


def _check_together(studies: Sequence[Study]) -> None:
    names = [study.name for study in studies]
    faults = [
        Fault(
            key="study.name",
            given=say("'{name}' {count} times", name=name, count=names.count(name)),
            expected=say("a different name for each study"),
            action=say("Rename one of them: a study's random choices follow from its name."),
        )
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if faults:
        raise DesignError(say("These studies cannot be planned together."), faults)


def _refuse_shortfalls(plans: Sequence[Plan]) -> None:
    faults = [
        Fault(
            key=f"committee {item.joint_committee}, {item.criterion}",
            given=say(
                "room for {planned} of {wanted} ({cause})", planned=item.planned, wanted=item.wanted, cause=item.cause
            ),
            expected=say("room for everything that the study wants"),
            action=say("Add vacancies, lower the quota or loosen the caps, or plan what fits with --allow-shortfall."),
        )
        for plan in plans
        for item in plan.shortfalls
    ]
    if faults:
        names = ", ".join(f"'{plan.study.name}'" for plan in plans)
        raise DesignError(say("The vacancies cannot fill {names}; nothing was planned.", names=names), faults)
