"""The verb verify: make a frozen plan again, and compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import AlreadySent, PairsPerDay, PlanFolder, Vacancies
from corrtest.cli.output import show
from corrtest.cli.places import Places, shown
from corrtest.cli.plan_inputs import checked_vacancies, planned_calls, sent_by_others
from corrtest.errors import CheckFailed
from corrtest.language import say


def verify(
    plan: PlanFolder = None,
    vacancies: Vacancies = None,
    previous: Annotated[
        Path | None, typer.Option(help="Of an amended plan: the version before; else the study folder's.")
    ] = None,
    together: Annotated[
        list[Path] | None, typer.Option(help="A study that was planned together with it; may be repeated.")
    ] = None,
    pairs_per_day: PairsPerDay = None,
    already_sent: AlreadySent = None,
) -> None:
    """Make a frozen plan again from its study, its vacancies and its seed, and compare to the byte."""
    from corrtest.design import read_plan, verify_plan
    from corrtest.spec import read_study

    places = Places.here()
    folder = places.plan(plan)
    frozen = read_plan(folder)
    if frozen.study.client_calls is not None:
        sent = sent_by_others(places.sent_before(already_sent))
        again = planned_calls(places, frozen.study, vacancies, sent, allow_shortfall=True, key=frozen.key)
        if again.manifest["sha256"] != frozen.manifest["sha256"]:
            raise CheckFailed(say("{folder} is not what its study, its firms and its seed give.", folder=shown(folder)))
        show(say("{folder} is what its study, its firms and its seed give, to the byte.", folder=shown(folder)))
        return
    listed = places.vacancies(vacancies)
    if previous is None and plan is None and places.folder is not None and len(places.folder.plan_versions()) > 1:
        previous = places.folder.plan_versions()[-2]
    read = [read_study(path) for path in together or []]
    verify_plan(
        frozen,
        checked_vacancies(listed, read or [frozen.study]),
        previous=read_plan(previous) if previous else None,
        together=read,
        already_sent=sent_by_others(places.sent_before(already_sent)),
        pairs_per_day=pairs_per_day,
    )
    show(say("{folder} is what its study, its vacancies and its seed give, to the byte.", folder=shown(folder)))
