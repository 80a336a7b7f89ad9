"""The verb power: what a study can show, and what it costs."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.client_calls import firms_in_sector, show_precision
from corrtest.cli.money_answers import MoneyPage, WriteQuotas, check_money_options, money_answer
from corrtest.cli.options import AsJson, SentenceLanguage, StudyFile
from corrtest.cli.output import show, show_json
from corrtest.cli.power_extras import PowerExtras
from corrtest.cli.power_inputs import (
    Alpha,
    Association,
    ControlRate,
    Curves,
    Ratio,
    Target,
    Width,
    check_curves,
    known_language,
    own_rates,
    power_of,
    say_sources,
    study_and_plan,
    write_curves,
)
from corrtest.cli.power_tables import power_dict, show_power
from corrtest.cli.publishing import PolicyFile
from corrtest.language import say


def power(
    study_file: StudyFile = None,
    control_rate: ControlRate = None,
    ratio: Ratio = None,
    association: Association = None,
    pairs_per_employer: Annotated[
        int | None,
        typer.Option(
            "--pairs-per-employer",
            "--cluster-size",
            min=1,
            help="Pairs that an employer gets; default what the plan gives, or the study's cap in all.",
        ),
    ] = None,
    employer_correlation: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="How alike one employer's answers are; default what the published figures allow for."
        ),
    ] = None,
    target: Target = 0.8,
    alpha: Alpha = None,
    policy: PolicyFile = None,
    width: Width = None,
    curves: Curves = None,
    page: MoneyPage = None,
    write: WriteQuotas = None,
    language: SentenceLanguage = "",
    as_json: AsJson = False,
) -> None:
    """Say what a study can show with its pairs, what it costs, and what its budget pays instead."""
    from corrtest.disclosure import read_policy

    known_language(language)
    check_curves(curves or [])
    check_money_options(page, write)
    study, frozen = study_and_plan(study_file)
    if study.client_calls is not None:
        show_precision(study, firms_in_sector(study, study_file), as_json=as_json)
        return
    rates = own_rates(study, control_rate, ratio)
    shown = power_of(
        study,
        None if pairs_per_employer else frozen,
        policy=policy,
        pairs_per_employer=pairs_per_employer,
        target_power=target,
        alpha=alpha,
        association=association,
        employer_correlation=employer_correlation,
        rates=rates,
    )
    answer = money_answer(
        study,
        shown=shown,
        policy=read_policy(policy) if policy else None,
        target_power=target,
        alpha=alpha,
        association=association,
        employer_correlation=employer_correlation,
        pairs_per_employer=pairs_per_employer,
        rates=rates,
    )
    extras = PowerExtras.of_width(shown, width)
    write_curves(shown, curves or [], language, study)
    if as_json:
        show_json(power_dict(shown) | answer.to_dict() | {"more": extras.records()})
        answer.write(page, write, study_file)
        return
    show_power(shown, extras, language)
    if not pairs_per_employer:
        show(
            say("Employers have the pairs that the plan gives them.")
            if frozen
            else say("At worst: each employer has {cap} of the pairs, as the cap allows.", cap=study.caps.total)
        )
    answer.show(language)
    say_sources(shown.sources, curves or [])
    show(
        say("What a budget of your own pays: corrtest budget. A follow-up against this one: corrtest power-of-change.")
    )
    answer.write(page, write, study_file)
