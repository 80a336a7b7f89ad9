"""What power and budget say of a study that calls firms, and what takes the place of the other verbs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.places import Places
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.spec import Study


def firms_in_sector(study: Study, study_file: Path | None) -> int | None:
    """Return how many firms the sector has: those of the study folder's frame; None where there are none yet."""
    from corrtest.spec import read_firms, vacancy_files

    folder = Places.around(study_file).folder
    if folder is None or not vacancy_files(folder.frame):
        return None
    return len(read_firms(folder.frame, study))


def show_precision(study: Study, population: int | None, *, as_json: bool) -> None:
    """Print how precise the share of the study will be."""
    from corrtest.power import calls_precision

    found = calls_precision(study, population)
    if as_json:
        show_json(found.to_dict())
        return
    show_table(
        say("What a measured share of calls in which the firm does not go along tells of all firms, in percent"),
        (say("measured"), say("from"), say("to")),
        [tuple(f"{100 * value:.1f}" for value in (row.share, row.lower, row.upper)) for row in found.shares],
    )
    of = "" if population is None else say(" of the {count} in the sector", count=population)
    show(say("{calls} calls to {firms} firms{of}.", calls=found.calls, firms=found.firms, of=of))
    if population is None:
        show(say("How many firms the sector has is not known (frame/ is empty): nothing is corrected for it."))
    show(say("All firms are taken to be reached; those that are not make it wider."))
    if found.standard is not None and found.below_standard is not None:
        show(
            say(
                "A share of {share:.1f} % or lower is reported as below the standard of {standard:.0f} %.",
                share=100 * found.below_standard,
                standard=100 * found.standard,
            )
        )
    elif found.standard is not None:
        show(
            say("No share would be reported as below the standard of {standard:.0f} %.", standard=100 * found.standard)
        )


def show_calls_budget(study: Study, population: int | None, total: float | None, *, as_json: bool) -> None:
    """Print the calls and minutes of the study, what they cost, and what the money pays."""
    from corrtest.power import calls_budget

    found = calls_budget(study, population, total)
    if as_json:
        show_json(found.to_dict())
        return
    show(
        say(
            "{calls} calls to {firms} firms take about {minutes:.0f} minutes ({hours:.0f} hours) of callers.",
            calls=found.calls,
            firms=found.firms,
            minutes=found.minutes,
            hours=found.minutes / 60,
        )
    )
    show(
        say(
            "They cost {cost:.0f} euro: {fixed:.0f} fixed and {price:.2f} a call.",
            cost=found.cost,
            fixed=found.fixed,
            price=found.cost_per_call,
        )
    )
    if found.total is not None and found.calls_paid is not None:
        show(
            say(
                "The {total:.0f} euro pay {paid} calls: {verdict}.",
                total=found.total,
                paid=found.calls_paid,
                verdict=say("enough") if found.calls_paid >= found.calls else say("too few; call fewer firms"),
            )
        )
    if found.assumed:
        show(
            say(
                "Minutes, and prices that the study does not say ({words}), are assumptions: fill in [budget] of the "
                "study file.",
                words=", ".join(found.assumed),
            )
        )
