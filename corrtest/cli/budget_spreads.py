"""How a budget spreads over a study under each aim: computed, printed, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corrtest.cli.output import records, show, show_figures
from corrtest.errors import DesignError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.power import BudgetAnswer
    from corrtest.spec import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """The spread of a budget under each aim, or why there is none."""

    answers: tuple[BudgetAnswer, ...] = ()
    refusal: str | None = None

    def show(self, language: str) -> None:
        """Print each spread, or why there is none."""
        if self.refusal is not None:
            show(self.refusal)
        for answer in self.answers:
            unit = say("applications an arm") if answer.pairing == "unpaired" else say("pairs")
            show_figures(
                say("Aim {aim}: what {total:,.0f} euro pay", aim=answer.aim, total=answer.total),
                answer.to_frame()[["joint_committee", "criterion", "pairs", "width", "pooled_width"]],
                (say("committee"), say("criterion"), unit, say("own width"), say("pooled width")),
                decimals=3,
            )
            show(answer.sentence(language))
            show()

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a program."""
        return {
            "budget": [
                {
                    "aim": answer.aim,
                    "total": answer.total,
                    "cost": answer.cost,
                    "classic": answer.classic,
                    "strata": records(answer.table),
                    "sector": records(answer.sector),
                }
                for answer in self.answers
            ],
            "budget_refused": self.refusal,
        }


def spreads_of(
    study: Study,
    *,
    total: float | None = None,
    minimum: int | None = None,
    weights: Mapping[str, float] | None = None,
    **assumed: Any,
) -> Spreads:
    """Spread the budget of the study, or the one that the options describe.

    Raises
    ------
    DesignError
        What the options ask for cannot be; where it is the study's own budget that cannot, that is its `refusal`.
    """
    from corrtest.power import AIMS, spread_budget

    if total is None and study.budget.total is None:
        return Spreads()

    try:
        return Spreads(
            answers=tuple(
                spread_budget(study, aim, total=total, minimum=minimum, weights=weights, **assumed) for aim in AIMS
            )
        )
    except DesignError as error:
        if total is not None or minimum is not None or weights is not None:
            raise
        return Spreads(refusal=error.text())
