"""The verb concentration: how unequal treatment is spread over employers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corrtest.cli.options import AsJson, PairsFile
from corrtest.cli.output import show, show_internal, show_internal_json, show_table
from corrtest.cli.places import Places
from corrtest.language import say, spoken, written

if TYPE_CHECKING:
    from corrtest.analysis import Concentration


def concentration(pairs: PairsFile = None, as_json: AsJson = False) -> None:
    """Show how unequal treatment is spread over employers: the variance between them, the share behind most of it.

    It needs employers with two pairs or more, and says nothing about any one of them.
    """
    from corrtest import analysis

    table = analysis.require_pairs(analysis.read_pairs(Places.here().pairs(pairs)), "The concentration over employers")
    found = analysis.concentrations_of(table)
    if as_json:
        show_internal_json({"concentration": [each.to_dict() for each in found]}, simulated=table.simulated)
        return
    show_internal(simulated=table.simulated)
    if not found:
        show(say("The table does not say which employer a pair is of, so that nothing can be said between employers."))
        return
    show_table(
        say("Unequal treatment over employers with two pairs or more (control less treated: above 0 = disadvantage)"),
        (
            say("result"),
            say("employers"),
            say("mean"),
            say("standard deviation"),
            say("variance (interval)"),
            say("share of the top fifth"),
        ),
        [_row(each) for each in found],
    )
    for each in found:
        if each.note:
            show(f"* {each.criterion}, {each.outcome}: {spoken(each.note)}")


def _row(found: Concentration) -> tuple[object, ...]:
    def number(value: float | None, form: str = ".3f") -> str:
        return "–" if value is None else written(value, form)

    def interval(lower: float | None, upper: float | None, form: str = ".3f") -> str:
        return f"{number(lower, form)} – {number(upper, form)}"

    if found.share is not None:
        share = f"{number(found.share, '.0%')} ({interval(found.share_lower, found.share_upper, '.0%')})"
    elif found.share_least is not None:
        share = say(
            "between {least} and {most}", least=number(found.share_least, ".0%"), most=number(found.share_most, ".0%")
        )
    else:
        share = "–"
    known = found.variance is not None
    return (
        f"{found.criterion}, {found.outcome}",
        found.employers,
        f"{number(found.disadvantage)} ({interval(found.disadvantage_lower, found.disadvantage_upper)})"
        if known
        else "–",
        number(found.standard_deviation),
        f"{number(found.variance)} ({interval(found.variance_lower, found.variance_upper)})" if known else "–",
        share,
    )
