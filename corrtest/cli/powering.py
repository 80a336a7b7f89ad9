"""The verb power: what a study can show, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import say, say_json
from corrtest.cli.power_extras import PowerExtras
from corrtest.cli.power_tables import as_dict, show_power, show_spreads
from corrtest.errors import DesignError, nearest

if TYPE_CHECKING:
    from corrtest.design import BudgetAnswer, Clustering, StudyPower
    from corrtest.spec import Study

LANGUAGES = ("en", "nl")


def power(
    study_file: Annotated[
        Path | None, typer.Argument(metavar="[STUDY]", help="The study file (TOML); or give --pairs and rates.")
    ] = None,
    pairs: Annotated[
        int | None, typer.Option(min=1, help="Without a study: pairs (with --unpaired: applications of both arms).")
    ] = None,
    unpaired: Annotated[
        bool, typer.Option("--unpaired", help="Without a study: one application a vacancy, its arm drawn.")
    ] = False,
    criterion: Annotated[
        str | None, typer.Option(help="Without a study: the criterion whose published rates are assumed.")
    ] = None,
    control_rate: Annotated[
        float | None, typer.Option(help="Positive rate of the control arm; default a published one.")
    ] = None,
    ratio: Annotated[
        float | None, typer.Option(help="Ratio to show, treated ÷ control; default a published one.")
    ] = None,
    association: Annotated[
        float | None, typer.Option(help="Within-pair correlation of the two answers; default a published value.")
    ] = None,
    pairs_per_employer: Annotated[
        float | None,
        typer.Option(
            "--pairs-per-employer",
            "--cluster-size",
            min=1,
            help="Pairs that an employer gets; default the study's cap in all (without a study 1).",
        ),
    ] = None,
    employer_correlation: Annotated[
        float | None, typer.Option(min=0, max=1, help="How alike one employer's answers are; default an assumption.")
    ] = None,
    target: Annotated[float, typer.Option("--power", help="How sure a detectable ratio must be found.")] = 0.8,
    alpha: Annotated[
        float | None, typer.Option(help="Level of the two-sided test; default from the study, or 0.05.")
    ] = None,
    method: Annotated[
        str, typer.Option(help="The test: mid-p or exact for pairs, score or exact for single applications.")
    ] = "",
    width: Annotated[
        float | None, typer.Option(help="Also say what it takes for an interval of the ratio no wider than this.")
    ] = None,
    second_ratio: Annotated[
        float | None, typer.Option(help="Also compare with a follow-up, or with another sector, of this ratio.")
    ] = None,
    second_pairs: Annotated[
        int | None, typer.Option(min=1, help="With --second-ratio: its pairs; default as many.")
    ] = None,
    comparisons: Annotated[
        int, typer.Option(min=1, help="With --second-ratio: number of such comparisons in the family (Holm).")
    ] = 1,
    share: Annotated[
        list[str] | None, typer.Option(help="A committee's share in the sector, as in 330=0.6; may be repeated.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option(help="Euro to spread; default the study's own [budget] total.")
    ] = None,
    minimum: Annotated[int | None, typer.Option(min=1, help="Least pairs in each stratum of a spread budget.")] = None,
    curve: Annotated[Path | None, typer.Option(help="Also write the exact power at 200 ratios: a .csv file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw the power curves: a .png, .svg or .pdf file.")] = None,
    language: Annotated[str, typer.Option(help="Of the sentences: en or nl.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")] = False,
) -> None:
    """Say what a study can show with its pairs, what it costs, and what its budget pays instead.

    Without a study: what --pairs show at rates of your own or at those published for a --criterion.
    """
    from corrtest.design import power_of_study

    if language not in LANGUAGES:
        raise DesignError(f"There is no language '{language}' for these sentences. {nearest(language, LANGUAGES)}")
    spreads: list[BudgetAnswer] = []
    refusal = None
    if study_file is None:
        _refuse_of_study(share=share, budget=budget, minimum=minimum)
        rates = (control_rate, ratio, association)
        clustered = (pairs_per_employer, employer_correlation)
        shown = _without_study(
            pairs, unpaired, criterion, rates, clustered, 0.05 if alpha is None else alpha, method, target
        )
    else:
        study = _study_of(study_file, pairs=pairs, unpaired=unpaired, criterion=criterion)
        shown = power_of_study(
            study,
            target_power=target,
            alpha=alpha,
            method=method,
            association=association,
            clustering=_clustering(study, pairs_per_employer, employer_correlation),
            rates=_rates(study, control_rate, ratio),
        )
        rates_of = _rates(study, control_rate, ratio)
        spreads, refusal = _spreads(study, budget, minimum, association, _shares(study, share or []), rates_of)
    extras = PowerExtras.of(shown, width, second_ratio, second_pairs, comparisons)
    if plot is not None:
        shown.plot(plot)
    if curve is not None:
        _write_curve(shown, curve)
    if as_json:
        say_json(as_dict(shown, spreads, refusal) | {"more": extras.records()})
        return
    for sentence in (*shown.sentences(language), *extras.sentences(language)):
        say(sentence)
    say()
    show_power(shown)
    show_spreads(spreads, refusal, language)
    sources = sorted({source for several in shown.sources.values() for source in several})
    if sources:
        say("Rates and ratios assumed are those published for Belgium: " + "; ".join(sources) + ".")
    if plot is not None:
        say(f"The power curves are in {plot}.")
    if curve is not None:
        say(f"The power at 200 ratios is in {curve}.")


def _refuse_of_study(**options: object) -> None:
    """Refuse options that say something about a study where there is none."""
    given = [f"--{name}" for name, value in options.items() if value]
    if given:
        raise DesignError(f"{', '.join(given)} goes with a study. Name its file: corrtest power STUDY.")


def _study_of(path: Path, **options: object) -> Study:
    """Read the study; refuse options that would contradict it."""
    from corrtest.spec import read_study

    given = [f"--{name}" for name, value in options.items() if value]
    if given:
        raise DesignError(
            f"{', '.join(given)} goes without a study file: the study says it itself. Leave out one of them."
        )
    return read_study(path)


def _without_study(
    pairs: int | None,
    unpaired: bool,
    criterion: str | None,
    rates: tuple[float | None, float | None, float | None],
    clustered: tuple[float | None, float | None],
    alpha: float,
    method: str,
    target: float,
) -> StudyPower:
    """Return what so many pairs show at given or published rates."""
    from corrtest.design import Clustering, Measurement, assumptions, power_of_measurement, published_rates

    control_rate, ratio, association = rates
    if pairs is None:
        raise DesignError("What is to be measured? Name a study file, or give --pairs, --control-rate and --ratio.")
    sources: tuple[str, ...] = ()
    if criterion is not None:
        published = published_rates(criterion)
        sources = published[2] if control_rate is None and ratio is None else ()
        control_rate, ratio = control_rate or published[0], ratio or published[1]
    if control_rate is None or ratio is None:
        raise DesignError("Without a study the rates are needed: --control-rate and --ratio, or a --criterion.")
    size, correlation = clustered
    assumed = assumptions()
    measurement = Measurement(
        pairing="unpaired" if unpaired else "paired",
        control_rate=control_rate,
        ratio=ratio,
        association=float(assumed["association"]["value"]) if association is None else association,
        alpha=alpha,
        method=method,
        clustering=Clustering(
            pairs_per_employer=size or 1.0,
            correlation=float(assumed["employer_correlation"]["value"]) if correlation is None else correlation,
        ),
    )
    return power_of_measurement(measurement, pairs, target_power=target, sources=sources)


def _clustering(study: Study, pairs: float | None, correlation: float | None) -> Clustering | None:
    """Return the clustering that the options describe, or None for the study's own."""
    if pairs is None and correlation is None:
        return None
    from corrtest.design import default_clustering

    own = default_clustering(study)
    return replace(
        own,
        pairs_per_employer=own.pairs_per_employer if pairs is None else pairs,
        correlation=own.correlation if correlation is None else correlation,
    )


def _rates(study: Study, control_rate: float | None, ratio: float | None) -> dict[str, tuple[float, float]] | None:
    """Return criterion → (control rate, ratio) where the options give one of the two."""
    from corrtest.design import published_rates

    if control_rate is None and ratio is None:
        return None
    if control_rate is not None and ratio is not None:
        return {criterion.name: (control_rate, ratio) for criterion in study.criteria}
    known = {criterion.name: published_rates(criterion.name, study.names) for criterion in study.criteria}
    return {name: (control_rate or own[0], ratio or own[1]) for name, own in known.items()}


def _write_curve(shown: StudyPower, path: Path) -> None:
    if path.suffix != ".csv":
        raise DesignError(f"The curve is a table: give a file that ends in .csv, not '{path.name}'.")
    path.parent.mkdir(parents=True, exist_ok=True)
    shown.curves().to_csv(path, index=False, lineterminator="\n")


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
    rates: dict[str, tuple[float, float]] | None,
) -> tuple[list[BudgetAnswer], str | None]:
    """Return the spread of the budget under each aim, or why there is none."""
    from corrtest.design import AIMS, spread_budget

    if budget is None and study.budget.total is None:
        return [], None
    try:
        spreads = [
            spread_budget(
                study, aim, total=budget, minimum=minimum, association=association, weights=weights, rates=rates
            )
            for aim in AIMS
        ]
        return spreads, None
    except DesignError as error:
        if budget is not None or minimum is not None or weights is not None:
            raise
        return [], error.text()
