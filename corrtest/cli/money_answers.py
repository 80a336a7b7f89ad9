"""What a study costs and what its budget buys: computed, printed, written as a page and into the study file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.output import progress_bar, records, show, show_table
from corrtest.cli.places import Places, shown
from corrtest.errors import DesignError, nearest
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.power import Money
    from corrtest.spec import Study

MoneyPage = Annotated[
    Path | None,
    typer.Option("--page", help="Also write it as a page for a board: a file that ends in .html, .pdf or .docx."),
]
WriteQuotas = Annotated[
    str | None,
    typer.Option(
        "--write", help="Put the quotas of an aim into the study file: advised, equal_width, sector or partial_pooling."
    ),
]
_ADVISED = "advised"


def check_money_options(page: Path | None, write: str | None) -> None:
    """Refuse, before anything is computed, a page of another form and an aim that there is not."""
    from corrtest.pages import check_formats
    from corrtest.power import AIMS

    if page is not None:
        check_formats([page.suffix[1:]])
    if write is not None and write not in (_ADVISED, *AIMS):
        raise DesignError(
            say("There is no aim '{aim}'. {nearest}", aim=write, nearest=nearest(write, [_ADVISED, *AIMS]))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyAnswer:
    """What a budget buys, or why it buys nothing; neither where a study has no budget."""

    money: Money | None = None
    refusal: str | None = None

    def show(self, language: str) -> None:
        """Print one table and the advice, or why there is none."""
        if self.refusal is not None:
            show(self.refusal)
        if self.money is None:
            return
        from corrtest.power import money_rows, money_sentences, money_words

        words = money_words(language, self.money.study.names.own_labels())
        names = [words.text("own quotas"), *(words.name("aim", choice.name) for choice in self.money.choices)]
        show_table(
            words.text(
                "Pairs, and the ratio at or below which {tens} of 10 measurements show a difference",
                tens=words.number(10 * self.money.own.shown.target_power, 0),
            ),
            [words.text("criterion"), words.text("joint committees"), *names],
            [
                (words.name("criterion", row.criterion), row.place(words), *row.texts)
                for row in money_rows(self.money, words)
            ],
        )
        for sentence in money_sentences(self.money, words):
            show(sentence)

    def write(self, page: Path | None, aim: str | None, study_file: Path | None) -> None:
        """Write the page, and put the quotas of an aim into the study file, where they are asked for."""
        if (page or aim) and self.money is None:
            raise DesignError(self.refusal or no_budget())
        if page is not None and self.money is not None:
            _write_page(self.money, page)
        if aim is not None and self.money is not None:
            _write_quotas(self.money, aim, study_file)

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a program."""
        money = self.money
        if money is None:
            return {"budget": [], "budget_refused": self.refusal}
        return {
            "budget": [
                {
                    "aim": choice.name,
                    "advised": choice is money.advised,
                    "total": money.total,
                    "cost": choice.cost,
                    "pairs": choice.pairs,
                    "strata": records(choice.shown.table),
                }
                for choice in money.choices
            ],
            "own": {"cost": money.own.cost, "pairs": money.own.pairs},
            "budget_refused": None,
        }


def no_budget() -> str:
    """Say that there is no money to spread, and where to write it."""
    return say("There is no budget to spread. Write [budget] total in the study file, or give --total.")


def money_answer(study: Study, *, weights: Mapping[str, float] | None = None, **chosen: Any) -> MoneyAnswer:
    """Spread the budget of the study, or the one that the options describe (`chosen` as for `money_of_study`).

    Raises
    ------
    DesignError
        What the options ask for cannot be; where it is the study's own budget that cannot, that is its `refusal`.
    """
    from corrtest.power import money_of_study

    total, minimum = chosen.get("total"), chosen.get("minimum")
    if total is None and study.budget.total is None:
        return MoneyAnswer()
    try:
        with progress_bar(say("What the money shows")) as progress:
            return MoneyAnswer(money=money_of_study(study, weights=weights, progress=progress, **chosen))
    except DesignError as error:
        if total is not None or minimum is not None or weights is not None:
            raise
        return MoneyAnswer(refusal=error.text())


def _write_page(money: Money, page: Path) -> None:
    """Write the page for a board in the study's language."""
    from corrtest.pages import DOCUMENT_FORMATS, write_files
    from corrtest.power import money_page

    study = money.study
    document = money_page(money, study.language, study.names.own_labels())
    write_files({page.name: DOCUMENT_FORMATS[page.suffix[1:]](document)}, page.parent)
    show(say("The page for a board: {page}.", page=shown(page)))


def _write_quotas(money: Money, aim: str, study_file: Path | None) -> None:
    """Put the quotas of an aim into the study file, unless a plan was frozen with others."""
    from corrtest.spec import write_quotas

    places = Places.around(study_file)
    if places.folder is not None and places.folder.plan_versions():
        raise DesignError(
            say(
                "The plan of this study is frozen, so its quotas stay as they are. More pairs come in by corrtest "
                "amend."
            )
        )
    chosen = money.choice(aim)
    write_quotas(file := places.study(study_file), chosen.quotas)
    show(
        say(
            "{file} now has {pairs:,} pairs for {cost:,.0f} euro; its comments are as they were.",
            file=shown(file),
            pairs=chosen.pairs,
            cost=chosen.cost,
        )
    )
