"""The verb on one paired table: two-by-two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from corrtest.cli.options import AsJson, ConfidenceLevel, SentenceLanguage
from corrtest.cli.output import probability, show, show_json, show_table, words
from corrtest.errors import AnalysisError
from corrtest.language import say, spoken, written

if TYPE_CHECKING:
    from corrtest.analysis import GroupResult

MARGIN_LEVEL = 0.05


def two_by_two(
    both: Annotated[int, typer.Argument(help="Pairs in which both had a positive reaction.")],
    control_only: Annotated[int, typer.Argument(help="Pairs in which only the control had one.")],
    treated_only: Annotated[int, typer.Argument(help="Pairs in which only the treated had one.")],
    neither: Annotated[int, typer.Argument(help="Pairs in which neither had one.")],
    confidence_level: ConfidenceLevel = 0.95,
    all_methods: Annotated[
        bool, typer.Option("--all-methods", help="Every method, not the default ones only; --json has every one.")
    ] = False,
    equivalence: Annotated[
        str | None,
        typer.Option(
            "--equivalence", "--margins", help="Test that the ratio lies between two margins, as in 0.8,1.25."
        ),
    ] = None,
    noninferiority: Annotated[
        float | None, typer.Option(help="Test that the ratio is above this margin, as in 0.8.")
    ] = None,
    difference: Annotated[
        bool,
        typer.Option(
            "--difference", help="The margins are differences of rates, as in -0.05,0.05, in place of ratios."
        ),
    ] = False,
    language: SentenceLanguage = "",
    as_json: AsJson = False,
) -> None:
    """Every statistic of one paired table."""
    from corrtest import analysis

    counts = (both, control_only, treated_only, neither)
    group = analysis.two_by_two(*counts, confidence_level=confidence_level, all_methods=all_methods or as_json)
    margins = _margins(counts, equivalence, noninferiority, difference)
    if as_json:
        show_json({**group.to_dict(), **({"margins": margins} if margins else {})})
        return
    _show_group(group)
    show(analysis.group_sentence(group, language))
    for found in margins:
        shown = say("is shown") if found["pvalue"] < MARGIN_LEVEL else say("is not shown")
        show(
            say(
                "That {claim} {shown} at the level of {margin_level:g} ({probability}).",
                claim=found["claim"],
                shown=shown,
                margin_level=MARGIN_LEVEL,
                probability=probability(found["pvalue"]),
            )
        )


def _margins(
    counts: tuple[int, int, int, int], equivalence: str | None, noninferiority: float | None, difference: bool
) -> list[dict[str, Any]]:
    """Return each margin test that was asked for: its claim and its p-value."""
    from corrtest import analysis

    if difference and equivalence is None and noninferiority is None:
        raise AnalysisError(say("--difference goes with --equivalence or --noninferiority. Add one of these."))
    tables = analysis.PairedTables.of(*counts)
    scale: Literal["rate_difference", "discrimination_ratio"] = (
        "rate_difference" if difference else "discrimination_ratio"
    )
    what = say("difference of the rates") if difference else say("ratio")
    found = []
    if equivalence is not None:
        limits = _numbers(equivalence)
        # One margin alone asks for no more than that it is not exceeded.
        if len(limits) == 1 and noninferiority is None:
            noninferiority = limits[0]
        else:
            low, high = _two(limits, equivalence)
            test = analysis.equivalence(tables, low, high, scale)
            claim = say("the {what} lies between {low:g} and {high:g}", what=what, low=low, high=high)
            found.append({"test": "equivalence", "claim": claim, "pvalue": float(test.pvalue.item())})
    if noninferiority is not None:
        test = analysis.noninferiority(tables, noninferiority, scale)
        claim = say("the {what} is above {noninferiority:g}", what=what, noninferiority=noninferiority)
        found.append({"test": "noninferiority", "claim": claim, "pvalue": float(test.pvalue.item())})
    return found


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in words(text)]
    except ValueError:
        raise AnalysisError(
            say("The margins '{text}' are no numbers. Write for example 0.8,1.25.", text=text)
        ) from None


def _two(limits: list[float], text: str) -> tuple[float, float]:
    if len(limits) != 2:
        raise AnalysisError(say("The margins '{text}' cannot be used. Give two, as in 0.8,1.25.", text=text))
    return limits[0], limits[1]


def _show_group(group: GroupResult) -> None:
    def shown(value: float | None) -> str:
        return "–" if value is None else written(value, ".4f")

    show_table(
        say(
            "Estimates (ratios are treated / control: below 1 = treated at a disadvantage, as is a difference below 0 "
            "or a net discrimination rate above 0)"
        ),
        (say("estimate"), say("value"), say("lower"), say("upper"), say("method")),
        [(e.name, shown(e.value), shown(e.lower), shown(e.upper), e.method) for e in group.estimates],
    )
    show_table(
        say("Tests of no difference between the arms"),
        (say("test"), say("statistic"), say("p-value")),
        [(t.name, shown(t.statistic), shown(t.pvalue)) for t in group.tests],
    )
    for note in dict.fromkeys(f"{e.name} ({e.method}): {spoken(e.note)}" for e in group.estimates if e.note):
        show(f"* {note}")
