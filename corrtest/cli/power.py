"""The verb power: what a study can show, and what it costs."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.budget_spreads import spreads_of
from corrtest.cli.options import AsJson, SentenceLanguage, StudyFile
from corrtest.cli.output import show, show_json
from corrtest.cli.places import Places
from corrtest.cli.power_extras import PowerExtras
from corrtest.cli.power_inputs import (
    Alpha,
    Association,
    ControlRate,
    Curves,
    Method,
    Ratio,
    Target,
    Width,
    check_curves,
    known_language,
    own_clustering,
    own_rates,
    say_sources,
    write_curves,
)
from corrtest.cli.power_tables import power_dict, show_power
from corrtest.language import say


def power(
    study_file: StudyFile = None,
    control_rate: ControlRate = None,
    ratio: Ratio = None,
    association: Association = None,
    pairs_per_employer: Annotated[
        float | None,
        typer.Option(
            "--pairs-per-employer",
            "--cluster-size",
            min=1,
            help="Pairs that an employer gets; default the study's cap in all.",
        ),
    ] = None,
    employer_correlation: Annotated[
        float | None, typer.Option(min=0, max=1, help="How alike one employer's answers are; default an assumption.")
    ] = None,
    target: Target = 0.8,
    alpha: Alpha = None,
    method: Method = "",
    width: Width = None,
    curves: Curves = None,
    language: SentenceLanguage = "",
    as_json: AsJson = False,
) -> None:
    """Say what a study can show with its pairs, what it costs, and what its budget pays instead."""
    from corrtest.power import power_of_study
    from corrtest.spec import read_study

    known_language(language)
    check_curves(curves or [])
    study = read_study(Places.around(study_file).study(study_file))
    rates = own_rates(study, control_rate, ratio)
    shown = power_of_study(
        study,
        target_power=target,
        alpha=alpha,
        method=method,
        association=association,
        clustering=own_clustering(study, pairs_per_employer, employer_correlation),
        rates=rates,
    )
    spreads = spreads_of(study, association=association, rates=rates)
    extras = PowerExtras.of_width(shown, width)
    write_curves(shown, curves or [])
    if as_json:
        show_json(power_dict(shown) | spreads.to_dict() | {"more": extras.records()})
        return
    show_power(shown, extras, language)
    spreads.show(language)
    say_sources(shown.sources, curves or [])
    show(
        say("What a budget of your own pays: corrtest budget. A follow-up against this one: corrtest power-of-change.")
    )
