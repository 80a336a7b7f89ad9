"""The verb prereg: the preregistration of a plan."""

from __future__ import annotations

from corrtest.cli.instruments import needs_pairs
from corrtest.cli.options import Day, Languages, OutFolder, PlanFolder
from corrtest.cli.output import show, words
from corrtest.cli.places import Places, shown
from corrtest.language import say


def prereg(plan: PlanFolder = None, out: OutFolder = None, language: Languages = "nl,en", dated: Day = None) -> None:
    """Write the preregistration of a plan, as Markdown and PDF: hypotheses, strata, caps, outcomes, estimators."""
    from corrtest.design import read_plan, write_preregistration
    from corrtest.power import power_of_plan

    places = Places.here()
    target = places.out(out, "preregistration", say("The preregistration needs"))
    day = dated.date() if dated else None
    frozen = read_plan(places.plan(plan))
    needs_pairs(frozen.study, "prereg")
    for path in write_preregistration(frozen, power_of_plan(frozen), target, words(language), dated=day):
        show(say("Wrote {path}", path=shown(path)))
