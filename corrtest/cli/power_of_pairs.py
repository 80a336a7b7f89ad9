"""The verb power-of-pairs: what a number of pairs can show, without a study."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson, SentenceLanguage
from corrtest.cli.output import show_json, words
from corrtest.cli.power_extras import PowerExtras
from corrtest.cli.power_inputs import (
    Alpha,
    Association,
    ControlRate,
    Curves,
    PublishedCriterion,
    Ratio,
    Target,
    Unpaired,
    Width,
    WithoutStudy,
    check_curves,
    known_language,
    say_sources,
    write_curves,
)
from corrtest.cli.power_tables import power_dict, show_power
from corrtest.errors import DesignError
from corrtest.language import say


def power_of_pairs(
    pairs: Annotated[int, typer.Argument(min=1, help="Pairs; with --unpaired: applications of both arms.")],
    unpaired: Unpaired = False,
    criterion: PublishedCriterion = None,
    control_rate: ControlRate = None,
    ratio: Ratio = None,
    association: Association = None,
    clustering: Annotated[
        str, typer.Option(help="Pairs that an employer gets and how alike its answers are, as in 2,0.1.")
    ] = "1",
    target: Target = 0.8,
    alpha: Alpha = None,
    width: Width = None,
    curves: Curves = None,
    language: SentenceLanguage = "",
    as_json: AsJson = False,
) -> None:
    """Say what so many pairs can show, at rates of your own or at those published for a criterion."""
    known_language(language)
    check_curves(curves or [])
    pairs_per_employer, correlation = _clustering(clustering)
    shown = WithoutStudy(
        pairs=pairs,
        unpaired=unpaired,
        criterion=criterion,
        control_rate=control_rate,
        ratio=ratio,
        association=association,
        pairs_per_employer=pairs_per_employer,
        employer_correlation=correlation,
        alpha=alpha,
    ).power(target)
    extras = PowerExtras.of_width(shown, width)
    write_curves(shown, curves or [], language)
    if as_json:
        show_json(power_dict(shown) | {"more": extras.records()})
        return
    show_power(shown, extras, language)
    say_sources(shown.sources, curves or [])


def _clustering(text: str) -> tuple[int, float | None]:
    """Read "2,0.1", or "2" with the correlation that is assumed."""
    try:
        numbers = [float(word) for word in words(text)]
    except ValueError:
        numbers = []
    match numbers:
        case [pairs] if pairs >= 1 and pairs.is_integer():
            return int(pairs), None
        case [pairs, correlation] if pairs >= 1 and pairs.is_integer() and 0 <= correlation <= 1:
            return int(pairs), correlation
    raise DesignError(
        say(
            "The clustering '{text}' cannot be used. Give pairs an employer (a whole number, 1 or more) and a "
            "correlation from 0 to 1, as in 2,0.1.",
            text=text,
        )
    )
