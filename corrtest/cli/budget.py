"""The verb budget: how money spreads over the strata of a study, under each aim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.client_calls import firms_in_sector, show_calls_budget
from corrtest.cli.money_answers import MoneyPage, WriteQuotas, check_money_options, money_answer, no_budget
from corrtest.cli.options import AsJson, SentenceLanguage, StudyFile
from corrtest.cli.output import show_json
from corrtest.cli.places import Places
from corrtest.cli.power_inputs import Association, ControlRate, Ratio, known_language, own_rates
from corrtest.errors import DesignError, nearest
from corrtest.language import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corrtest.spec import Study


def budget(
    study_file: StudyFile = None,
    total: Annotated[float | None, typer.Option(help="Euro to spread; default the study's own [budget] total.")] = None,
    minimum: Annotated[int | None, typer.Option(min=1, help="Least pairs in each stratum.")] = None,
    share: Annotated[
        list[str] | None, typer.Option(help="A committee's share in the sector, as in 330=0.6; may be repeated.")
    ] = None,
    control_rate: ControlRate = None,
    ratio: Ratio = None,
    association: Association = None,
    page: MoneyPage = None,
    write: WriteQuotas = None,
    language: SentenceLanguage = "",
    as_json: AsJson = False,
) -> None:
    """Spread a budget over the committees and criteria of a study, and say what it can show then."""
    from corrtest.spec import read_study

    known_language(language)
    check_money_options(page, write)
    study = read_study(Places.around(study_file).study(study_file))
    if study.client_calls is not None:
        show_calls_budget(study, firms_in_sector(study, study_file), total, as_json=as_json)
        return
    if total is None and study.budget.total is None:
        raise DesignError(no_budget())
    answer = money_answer(
        study,
        total=total,
        minimum=minimum,
        weights=_shares(study, share or []),
        association=association,
        rates=own_rates(study, control_rate, ratio),
    )
    if as_json:
        show_json(answer.to_dict())
    else:
        answer.show(language)
    answer.write(page, write, study_file)


def _shares(study: Study, given: Sequence[str]) -> dict[str, float] | None:
    """Return committee → share, from options such as 330=0.6."""
    shares: dict[str, float] = {}
    numbers = [committee.number for committee in study.committees]
    for text in given:
        number, _, value = text.partition("=")
        try:
            shares[number] = float(value)
        except ValueError:
            raise DesignError(
                say("The share '{text}' cannot be read. Write it as in --share 330=0.6.", text=text)
            ) from None
        if number not in numbers:
            raise DesignError(
                say(
                    "The study has no joint committee '{number}'. {nearest}",
                    number=number,
                    nearest=nearest(number, numbers),
                )
            )
    return shares or None
