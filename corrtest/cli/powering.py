"""The verb power: what a study can show, and what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.output import say, say_json, say_table
from corrtest.errors import DesignError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.design import BudgetAnswer, StudyPower
    from corrtest.spec import Study

LANGUAGES = ("en", "nl")


def power(
    study_file: Annotated[Path, typer.Argument(metavar="STUDY", help="The study file (TOML).")],
    target: Annotated[float, typer.Option("--power", help="How sure a detectable ratio must be found.")] = 0.8,
    association: Annotated[
        float | None, typer.Option(help="Within-pair correlation of the two answers; default a published value.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option(help="Euro to spread; default the study's own [budget] total.")
    ] = None,
    minimum: Annotated[int | None, typer.Option(min=1, help="Least pairs in each stratum of a spread budget.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw the power curves: a .png, .svg or .pdf file.")] = None,
    language: Annotated[str, typer.Option(help="Of the sentences: en or nl.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")] = False,
) -> None:
    """Say what a study can show with its pairs, what it costs, and what its budget pays instead."""
    from corrtest.design import power_of_study
    from corrtest.spec import read_study

    if language not in LANGUAGES:
        raise DesignError(f"There is no language '{language}' for these sentences. {nearest(language, LANGUAGES)}")
    study = read_study(study_file)
    shown = power_of_study(study, target_power=target, association=association)
    if plot is not None:
        shown.plot(plot)
    spreads, refusal = _spreads(study, budget, minimum, association)
    if as_json:
        say_json(_as_dict(shown, spreads, refusal))
        return
    for sentence in shown.sentences(language):
        say(sentence)
    say()
    _show_power(shown)
    _show_spreads(spreads, refusal, language)
    sources = sorted({source for several in shown.sources.values() for source in several})
    say("Rates and ratios assumed are those published for Belgium: " + "; ".join(sources) + ".")
    if plot is not None:
        say(f"The power curves are in {plot}.")


def _spreads(
    study: Study, budget: float | None, minimum: int | None, association: float | None
) -> tuple[list[BudgetAnswer], str | None]:
    """Return the spread of the budget under each aim, or why there is none."""
    from corrtest.design import AIMS, spread_budget

    if budget is None and study.budget.total is None:
        return [], None
    try:
        return [spread_budget(study, aim, total=budget, minimum=minimum, association=association) for aim in AIMS], None
    except DesignError as error:
        if budget is not None or minimum is not None:
            raise
        return [], error.text()


def _show_power(shown: StudyPower) -> None:
    columns = (
        "committee",
        "criterion",
        "pairs",
        "control rate",
        "published ratio",
        "power",
        "detectable ratio",
        "width of ratio",
        "pairs needed",
    )
    names = (
        "joint_committee",
        "criterion",
        "pairs",
        "control_rate",
        "assumed_ratio",
        "power",
        "detectable_ratio",
        "ratio_width",
        "pairs_needed",
    )
    table = shown.to_frame()
    table["joint_committee"] = table["joint_committee"].replace("", "sector")
    say_table("What each stratum can show", columns, _rows(table, names))


def _show_spreads(spreads: list[BudgetAnswer], refusal: str | None, language: str) -> None:
    if refusal is not None:
        say(refusal)
    for answer in spreads:
        say_table(
            f"Aim {answer.aim}: what {answer.total:,.0f} euro pay",
            ("committee", "criterion", "pairs", "own width", "pooled width"),
            _rows(answer.to_frame(), ("joint_committee", "criterion", "pairs", "width", "pooled_width")),
        )
        say(answer.sentence(language))
        say()


def _rows(table: pd.DataFrame, names: tuple[str, ...]) -> list[tuple[object, ...]]:
    return [
        tuple(f"{value:.3f}" if isinstance(value, float) else value for value in row)
        for row in table[list(names)].itertuples(index=False)
    ]


def _as_dict(shown: StudyPower, spreads: list[BudgetAnswer], refusal: str | None) -> dict[str, Any]:
    def records(table: pd.DataFrame) -> list[dict[str, Any]]:
        return [
            {str(key): None if value != value else value for key, value in row.items()}  # noqa: PLR0124 (NaN)
            for row in table.to_dict("records")
        ]

    return {
        "target_power": shown.target_power,
        "alpha": shown.alpha,
        "method": shown.method,
        "association": shown.association,
        "strata": records(shown.table),
        "sources": {criterion: list(several) for criterion, several in shown.sources.items()},
        "budget": [
            {
                "aim": answer.aim,
                "total": answer.total,
                "cost": answer.cost,
                "classic": answer.classic,
                "strata": records(answer.table),
                "sector": records(answer.sector),
            }
            for answer in spreads
        ],
        "budget_refused": refusal,
    }
