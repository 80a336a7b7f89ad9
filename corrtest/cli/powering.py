"""The verb power: what a study can show, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.output import say, say_figures, say_json
from corrtest.errors import DesignError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.design import BudgetAnswer, Clustering, StudyPower
    from corrtest.spec import Study

LANGUAGES = ("en", "nl")


def power(
    study_file: Annotated[Path, typer.Argument(metavar="STUDY", help="The study file (TOML).")],
    target: Annotated[float, typer.Option("--power", help="How sure a detectable ratio must be found.")] = 0.8,
    association: Annotated[
        float | None, typer.Option(help="Within-pair correlation of the two answers; default a published value.")
    ] = None,
    pairs_per_employer: Annotated[
        float | None, typer.Option(min=1, help="Pairs that an employer gets; default the study's cap in all.")
    ] = None,
    employer_correlation: Annotated[
        float | None, typer.Option(min=0, max=1, help="How alike one employer's answers are; default an assumption.")
    ] = None,
    share: Annotated[
        list[str] | None, typer.Option(help="A committee's share in the sector, as in 330=0.6; may be repeated.")
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
    clustering = _clustering(study, pairs_per_employer, employer_correlation)
    shown = power_of_study(study, target_power=target, association=association, clustering=clustering)
    if plot is not None:
        shown.plot(plot)
    spreads, refusal = _spreads(study, budget, minimum, association, _shares(study, share or []))
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


def _clustering(study: Study, pairs: float | None, correlation: float | None) -> Clustering | None:
    """Return the clustering that the options describe, or None for the study's own."""
    if pairs is None and correlation is None:
        return None
    from corrtest.design import power_of_study

    own = power_of_study(study).clustering
    return replace(
        own,
        pairs_per_employer=own.pairs_per_employer if pairs is None else pairs,
        correlation=own.correlation if correlation is None else correlation,
    )


def _shares(study: Study, given: list[str]) -> dict[str, float] | None:
    """Return committee → share, from options such as 330=0.6."""
    shares: dict[str, float] = {}
    numbers = [committee.number for committee in study.committees]
    for text in given:
        number, _, value = text.partition("=")
        try:
            shares[number] = float(value)
        except ValueError:
            raise DesignError(f"The share '{text}' cannot be read. Write it as in --share 330=0.6.") from None
        if number not in numbers:
            raise DesignError(f"The study has no joint committee '{number}'. {nearest(number, numbers)}")
    return shares or None


def _spreads(
    study: Study,
    budget: float | None,
    minimum: int | None,
    association: float | None,
    weights: dict[str, float] | None,
) -> tuple[list[BudgetAnswer], str | None]:
    """Return the spread of the budget under each aim, or why there is none."""
    from corrtest.design import AIMS, spread_budget

    if budget is None and study.budget.total is None:
        return [], None
    try:
        spreads = [
            spread_budget(study, aim, total=budget, minimum=minimum, association=association, weights=weights)
            for aim in AIMS
        ]
        return spreads, None
    except DesignError as error:
        if budget is not None or minimum is not None or weights is not None:
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
    say_figures("What each stratum can show", table[list(names)], columns, decimals=3)


def _show_spreads(spreads: list[BudgetAnswer], refusal: str | None, language: str) -> None:
    if refusal is not None:
        say(refusal)
    for answer in spreads:
        say_figures(
            f"Aim {answer.aim}: what {answer.total:,.0f} euro pay",
            answer.to_frame()[["joint_committee", "criterion", "pairs", "width", "pooled_width"]],
            ("committee", "criterion", "pairs", "own width", "pooled width"),
            decimals=3,
        )
        say(answer.sentence(language))
        say()


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
