"""What the verb power prints: tables for a reader, one dictionary for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corrtest.cli.output import say, say_figures

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.design import BudgetAnswer, StudyPower


def show_power(shown: StudyPower) -> None:
    """Print what each stratum can show."""
    unit = "applications" if shown.first.pairing == "unpaired" else "pairs"
    columns = (
        "committee",
        "criterion",
        unit,
        "control rate",
        "assumed ratio",
        "power",
        "detectable ratio",
        "width of ratio",
        "follow-up ratio",
        f"{unit} needed",
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
        "detectable_follow_up",
        "pairs_needed",
    )
    table = shown.to_frame()
    table.loc[table["criterion"] != "", "joint_committee"] = table["joint_committee"].replace("", "sector")
    say_figures("What each stratum can show", table[list(names)], columns, decimals=3)


def show_spreads(spreads: list[BudgetAnswer], refusal: str | None, language: str) -> None:
    """Print each spread of the budget, or why there is none."""
    if refusal is not None:
        say(refusal)
    for answer in spreads:
        say_figures(
            f"Aim {answer.aim}: what {answer.total:,.0f} euro pay",
            answer.to_frame()[["joint_committee", "criterion", "pairs", "width", "pooled_width"]],
            (
                "committee",
                "criterion",
                "applications an arm" if answer.pairing == "unpaired" else "pairs",
                "own width",
                "pooled width",
            ),
            decimals=3,
        )
        say(answer.sentence(language))
        say()


def as_dict(shown: StudyPower, spreads: list[BudgetAnswer], refusal: str | None) -> dict[str, Any]:
    """Give everything for a program."""

    def records(table: pd.DataFrame) -> list[dict[str, Any]]:
        return [
            {str(key): None if value != value else value for key, value in row.items()}  # noqa: PLR0124 (NaN)
            for row in table.to_dict("records")
        ]

    return {
        "target_power": shown.target_power,
        "pairing": shown.first.pairing,
        "alpha": shown.first.alpha,
        "method": shown.first.method,
        "association": shown.first.association,
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
