"""The verb power-of-change: can a second measurement be told apart from a first one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.instruments import needs_pairs
from corrtest.cli.options import AsJson, SentenceLanguage, StudyFile
from corrtest.cli.output import show, show_json
from corrtest.cli.power_extras import PowerExtras
from corrtest.cli.power_inputs import (
    Alpha,
    Association,
    ControlRate,
    PublishedCriterion,
    Ratio,
    Target,
    Unpaired,
    WithoutStudy,
    known_language,
    own_rates,
    power_of,
    study_and_plan,
)
from corrtest.errors import DesignError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.power import StudyPower


def power_of_change(
    study_file: StudyFile = None,
    second_ratio: Annotated[
        float, typer.Option(help="The ratio of the second measurement: a follow-up, or another sector.")
    ] = 1.0,
    second_pairs: Annotated[int | None, typer.Option(min=1, help="Its pairs; default as many.")] = None,
    comparisons: Annotated[
        int | None,
        typer.Option(
            min=1, help="Number of such comparisons that are adjusted together; default those of the study, else 1."
        ),
    ] = None,
    pairs: Annotated[int | None, typer.Option(min=1, help="Without a study: the pairs of the first.")] = None,
    unpaired: Unpaired = False,
    criterion: PublishedCriterion = None,
    control_rate: ControlRate = None,
    ratio: Ratio = None,
    association: Association = None,
    target: Target = 0.8,
    alpha: Alpha = None,
    language: SentenceLanguage = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a follow-up, or another sector, can be told apart from this study, and what that takes."""
    known_language(language)
    if pairs is None:
        if unpaired or criterion is not None:
            raise DesignError(say("--unpaired and --criterion go with --pairs: a study says these itself."))
        shown = _of_study(study_file, control_rate, ratio, association, alpha, target)
    elif study_file is not None:
        raise DesignError(say("--pairs goes without a study file: the study says it itself. Leave out one of them."))
    else:
        shown = WithoutStudy(
            pairs=pairs,
            unpaired=unpaired,
            criterion=criterion,
            control_rate=control_rate,
            ratio=ratio,
            association=association,
            alpha=alpha,
        ).power(target)
    extras = PowerExtras.of_change(shown, second_ratio, second_pairs, comparisons)
    if as_json:
        show_json({"target_power": shown.target_power, "changes": extras.records()})
        return
    for sentence in extras.sentences(language):
        show(sentence)


def _of_study(
    study_file: StudyFile,
    control_rate: float | None,
    ratio: float | None,
    association: float | None,
    alpha: float | None,
    target: float,
) -> StudyPower:
    study, frozen = study_and_plan(study_file)
    needs_pairs(study, "power-of-change")
    rates = own_rates(study, control_rate, ratio)
    return power_of(study, frozen, target_power=target, alpha=alpha, association=association, rates=rates)
