"""The verb plan: allocate pairs to vacancies, and freeze the plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.options import AlreadySent, AsJson, Day, FrozenBy, PairsPerDay, Vacancies
from corrtest.cli.output import show
from corrtest.cli.places import Places, shown
from corrtest.cli.plan_inputs import checked_vacancies, freeze_and_write, planned_calls, say_plan, sent_by_others
from corrtest.errors import DesignError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.design import Plan


def plan(
    studies: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[STUDY]...",
            help="The study file or its folder, else this folder's; several are planned under the strictest of their "
            "caps.",
        ),
    ] = None,
    vacancies: Vacancies = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="A new folder for the frozen plan; else in the study folder.")
    ] = None,
    allow_shortfall: Annotated[
        bool, typer.Option("--allow-shortfall", help="Plan what can be filled and record what cannot.")
    ] = False,
    pairs_per_day: PairsPerDay = None,
    already_sent: AlreadySent = None,
    frozen_by: FrozenBy = None,
    frozen_on: Day = None,
    as_json: AsJson = False,
) -> None:
    """Allocate pairs to vacancies under the caps, and freeze the plan."""
    from corrtest.design import caller_warnings, lost_to_channels, plan_together, said_of_lost
    from corrtest.spec import read_study

    given = studies or []
    # Studies planned together share their vacancies and have no one folder: what they need is named.
    places = Places.around(given[0] if given else None) if len(given) <= 1 else Places(None)
    target = places.out(out, "next_plan", say("A plan needs"))
    if out is None and places.folder is not None and places.folder.plan_versions():
        raise DesignError(
            say(
                "{plan} is frozen already. Make its next version with: corrtest amend --since DAY --reason WHY",
                plan=shown(places.folder.plan),
            )
        )
    read = [read_study(places.study(path)) for path in given] or [read_study(places.study(None))]
    sent = sent_by_others(places.sent_before(already_sent))
    if len(read) == 1 and read[0].client_calls is not None:
        made: tuple[Plan, ...] = (planned_calls(places, read[0], vacancies, sent, allow_shortfall=allow_shortfall),)
        table = None
    else:
        table = checked_vacancies(places.vacancies(vacancies), read)
        made = plan_together(
            read,
            table,
            allow_shortfall=allow_shortfall,
            pairs_per_day=None if pairs_per_day is None else {study.name: pairs_per_day for study in read},
            already_sent=sent,
        )
    for one in made:
        folder = target if len(made) == 1 else target / one.study.name
        say_plan(freeze_and_write(one, folder, frozen_by, frozen_on), folder, as_json)
        for sentence in () if as_json or table is None else said_of_lost(lost_to_channels(one.study, table)):
            show(f"! {sentence}")
        for sentence in () if as_json else caller_warnings(one.study):
            show(f"! {sentence}")
    if not as_json:
        if already_sent is None and places.sent_before(None) is not None:
            show(say("What employers got in the baseline was counted towards their caps."))
        calls = any(one.study.client_calls is not None for one in made)
        show(say("Next: corrtest render.") if calls else say("Next: corrtest prereg, then corrtest render."))
