"""The verb that fits regressions: models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.long_table import Candidate, LongColumns, Positive, Reference, Vacancy
from corrtest.cli.options import AsJson, PairsFile
from corrtest.cli.output import probability, records, show, show_figures, show_internal, show_internal_json, words
from corrtest.cli.places import Places
from corrtest.errors import AnalysisError, nearest
from corrtest.language import say, spoken

if TYPE_CHECKING:
    from corrtest.analysis import ModelComparison, StudyTable


def models(
    pairs: PairsFile = None,
    criterion: Annotated[str | None, typer.Option(help="Which criterion; else each in turn.")] = None,
    outcome: Annotated[
        str | None, typer.Option(help="Which outcome; else the study's primary one, or the table's own.")
    ] = None,
    covariates: Annotated[
        str, typer.Option(help="Columns to hold equal between the arms, by commas: first, template, occupation, ….")
    ] = "",
    quality: Annotated[
        str,
        typer.Option(help="Columns that make an application better, by commas: adds Neumark's heteroskedastic probit."),
    ] = "",
    factors: Annotated[
        str, typer.Option(help="Columns by which the difference may vary, by commas; else all that the table knows.")
    ] = "",
    long: Annotated[bool, typer.Option("--long", help="One row an application instead of one row a pair.")] = False,
    vacancy: Vacancy = None,
    candidate: Candidate = None,
    positive: Positive = None,
    reference: Reference = None,
    treated: Annotated[str | None, typer.Option(help="Of a long table: the treated candidate, as in M,Man.")] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Of a long table: the column that answers together; else the vacancy.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit regressions: is the difference the same by every model, and does it vary with order, template, occupation?

    Each model's effect is a difference of positive rates (treated - control), with errors clustered by employer (in a
    long table by vacancy).
    """
    from corrtest import analysis

    path = Places.here().pairs(pairs)
    chosen = (words(covariates), words(quality))
    simulated = False
    if not long:
        table = analysis.read_pairs(path)
        simulated = table.simulated
        outcomes = table.outcomes(analysis.DEFAULT_OUTCOMES)
        outcome = outcome or Places.here().primary_outcome(outcomes, pairs)
        found = _of_pairs(table, criterion, outcome, *chosen, words(factors))
    else:
        found = [_of_long(path, vacancy, candidate, positive, reference, treated, cluster, *chosen)]
    if as_json:
        show_internal_json({"models": found}, simulated=simulated)
        return
    show_internal(simulated=simulated)
    for part in found:
        _show(part)


def _of_long(
    path: Path,
    vacancy: str | None,
    candidate: str | None,
    positive: str | None,
    reference: str | None,
    treated: str | None,
    cluster: str | None,
    covariates: tuple[str, ...],
    quality: tuple[str, ...],
) -> dict[str, Any]:
    from corrtest.analysis import models as fitting
    from corrtest.spec import read_table

    columns = LongColumns.of(vacancy, candidate, positive)
    if not reference or not treated:
        raise AnalysisError(say("Models of a long table compare two candidates: give --reference and --treated."))
    rows = fitting.long_rows(
        read_table(path),
        vacancy=columns.vacancy,
        candidates=columns.candidates,
        positive=columns.positive,
        treated=treated,
        reference=reference,
        cluster=cluster,
    )
    compared = fitting.fit_models(rows, covariates=covariates, quality=quality)
    return _described(f"{treated} against {reference}", compared)


def _of_pairs(
    table: StudyTable,
    criterion: str | None,
    name: str,
    covariates: tuple[str, ...],
    quality: tuple[str, ...],
    factors: tuple[str, ...],
) -> list[dict[str, Any]]:
    from corrtest import analysis

    outcomes = table.outcomes(analysis.DEFAULT_OUTCOMES)
    if name not in outcomes:
        raise AnalysisError(
            say("There is no outcome '{name}'. {nearest}", name=name, nearest=nearest(name, list(outcomes)))
        )
    known = sorted({str(word) for word in table.frame["criterion"].unique()})
    if criterion is not None and criterion not in known:
        raise AnalysisError(
            say(
                "No pair tests the criterion '{criterion}'. {nearest}",
                criterion=criterion,
                nearest=nearest(criterion, known),
            )
        )
    found = []
    for word in known if criterion is None else [criterion]:
        keep = (table.frame["criterion"] == word).to_numpy()
        rows = analysis.models.application_rows(table, outcomes[name], keep)
        compared = analysis.models.fit_models(rows, covariates=covariates, quality=quality)
        part = _described(f"{word}, {name}", compared)
        found.append({**part, **_varying(table, word, name, factors)})
    return found


def _varying(
    table: StudyTable,
    criterion: str,
    outcome: str,
    factors: tuple[str, ...],
) -> dict[str, Any]:
    """Return how the difference varies with each factor; nothing for an unpaired study, which has none within pairs."""
    from corrtest import analysis

    if not table.design.matched:
        if factors:
            raise AnalysisError(say("--factors compares differences within pairs; name the columns in --covariates."))
        return {"factors": []}
    results, notes = analysis.models.heterogeneity(table, outcome=outcome, factors=factors, criterion=criterion)
    return {
        "factors": [
            {
                "factor": result.factor,
                "of_design": result.of_design,
                "statistic": result.equal.statistic,
                "df": [result.equal.df_numerator, result.equal.df_denominator],
                "pvalue": result.equal.pvalue,
                "values": result.to_frame().to_dict("records"),
            }
            for result in results
        ],
        "factor_notes": list(notes),
    }


def _described(title: str, compared: ModelComparison) -> dict[str, Any]:
    split = compared.neumark
    return {
        "title": title,
        "covariates": list(compared.covariates),
        "effects": compared.rows(),
        "neumark": None
        if split is None
        else {
            "parts": records(compared.decomposition()),
            "sd_ratio": split.sd_ratio,
            "equal_variance_pvalue": split.equal_variance_pvalue,
            "equal_quality_pvalue": split.equal_quality_pvalue,
        },
        "notes": list(compared.notes),
    }


def _show(part: dict[str, Any]) -> None:
    import pandas as pd

    shown = ["model", "effect", "lower", "upper", "pvalue", "errors", "observations"]
    title = say("{title}: effect on the positive rate (below 0 = treated at a disadvantage)", title=part["title"])
    if part["effects"]:
        show_figures(title, pd.DataFrame(part["effects"])[shown].astype(dict.fromkeys(shown[1:5], float)))
    else:
        show(say("{title}: nothing.", title=title))
    if part["neumark"] is not None:
        split = part["neumark"]
        show_figures(
            say("Neumark's decomposition, at the means"), pd.DataFrame(split["parts"]).astype({"effect": float})
        )
        show(
            say(
                "The unobserved varies {sd_ratio:.2f} times as much among the treated ({probability} that it "
                "varies equally).",
                sd_ratio=split["sd_ratio"],
                probability=probability(split["equal_variance_pvalue"]),
            )
        )
    for factor in part.get("factors", []):
        what = (
            say("a flaw of the design where it matters") if factor["of_design"] else say("a finding where it matters")
        )
        frame = pd.DataFrame(factor["values"])[[factor["factor"], "rate_difference", "lower", "upper"]]
        show_figures(
            say(
                "Difference by {factor} ({what}; {probability} that all are equal)",
                factor=factor["factor"],
                what=what,
                probability=probability(factor["pvalue"]),
            ),
            frame,
        )
    for note in [*part["notes"], *part.get("factor_notes", [])]:
        show(f"* {spoken(note)}")
