"""The verb amend: the next version of a frozen plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.instruments import needs_pairs
from corrtest.cli.options import AlreadySent, AsJson, Day, FrozenBy, PairsPerDay, PlanFolder, Vacancies
from corrtest.cli.output import words
from corrtest.cli.places import Places
from corrtest.cli.plan_inputs import freeze_and_write, say_plan, sent_by_others
from corrtest.errors import DesignError
from corrtest.language import say


def amend(
    plan: PlanFolder = None,
    vacancies: Vacancies = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="A new folder for the next version; else in the study folder.")
    ] = None,
    since: Day = None,
    reason: Annotated[str, typer.Option(help="Why; kept in the plan.")] = "",
    withdrawn: Annotated[str, typer.Option(help="Vacancies that no longer exist, by commas.")] = "",
    pairs_per_day: PairsPerDay = None,
    already_sent: AlreadySent = None,
    frozen_by: FrozenBy = None,
    frozen_on: Day = None,
    as_json: AsJson = False,
) -> None:
    """Make the next version of a frozen plan: pairs for vacancies that came since, other days for what was not sent."""
    from corrtest.design import amend_plan, read_plan
    from corrtest.spec import read_vacancies

    if since is None:
        raise DesignError(say("An amendment needs the first day on which a new pair may start. Give it with --since."))
    places = Places.here()
    earlier = read_plan(places.plan(plan))
    needs_pairs(earlier.study, "amend")
    listed, target = places.vacancies(vacancies), places.out(out, "next_plan", say("A plan needs"))
    made = amend_plan(
        earlier,
        read_vacancies(listed, earlier.study),
        since=since.date(),
        reason=reason,
        withdrawn=words(withdrawn),
        pairs_per_day=pairs_per_day,
        already_sent=sent_by_others(places.sent_before(already_sent)),
    )
    say_plan(freeze_and_write(made, target, frozen_by, frozen_on), target, as_json)
