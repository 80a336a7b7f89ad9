"""The verb candidates: more than two candidates a vacancy, compared at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.long_table import Candidate, LongColumns, Positive, Repeated, Vacancy
from corrtest.cli.options import ConfidenceLevel
from corrtest.cli.output import parts, probability, show, show_figures, show_internal
from corrtest.errors import AnalysisError
from corrtest.language import current, say, say_n, spoken

if TYPE_CHECKING:
    from corrtest.analysis import CandidateTable


def candidates(
    applications: Annotated[
        Path, typer.Argument(metavar="APPLICATIONS", help="A table with one row an application: CSV, XLSX or Parquet.")
    ],
    vacancy: Vacancy = None,
    candidate: Candidate = None,
    positive: Positive = None,
    repeated: Repeated = "each",
    interaction: Annotated[
        str | None,
        typer.Option(
            help="Also the interaction of two criteria: four candidates by semicolons (neither signal; the first; the "
            "second; both), as in 'F,Man;F,Woman;M,Man;M,Woman'."
        ),
    ] = None,
    confidence_level: ConfidenceLevel = 0.95,
    out: Annotated[Path, typer.Option("--out", help="The results file to write (JSON).")] = Path("candidates.json"),
) -> None:
    """Compare every two candidates of a vacancy, and all at once."""
    import pandas as pd

    from corrtest import analysis

    columns = LongColumns.of(vacancy, candidate, positive)
    table = analysis.read_candidates(
        applications,
        vacancy=columns.vacancy,
        candidates=columns.candidates,
        positive=columns.positive,
        repeated=repeated,
    )
    show_internal()
    if interaction is not None:
        _show_interaction(table, interaction, confidence_level)
    results = analysis.analyse_candidates(table, confidence_level=confidence_level)
    test = analysis.cochran_q(table)
    if test.pvalue is None:
        show(say("Cochran's Q: {note}", note=test.note))
    else:
        show(
            say(
                "Cochran's Q over {count} candidates of {vacancies} vacancies: {statistic:.3f} on {df} degrees of "
                "freedom, {probability} that all have the same positive rate.",
                count=len(table.names),
                vacancies=test.vacancies,
                statistic=test.statistic,
                df=test.df,
                probability=probability(test.pvalue),
            )
        )
    show_figures(say("Every two candidates (ratio of the first to the second)"), analysis.comparisons_frame(results))
    # Where a candidate applied more than once to a vacancy, no pairs are made that shares could be of.
    shares = (
        []
        if results.design != analysis.PAIRED.name
        else [(group.level, analysis.components(group)) for group in results.groups]
    )
    for component in ("matched rates", "total shares", "exclusive shares") if shares else ():
        rows = [frame[frame["component"] == component].assign(comparison=level) for level, frame in shares]
        show_figures(component.capitalize(), pd.concat(rows)[["comparison", "denominator", "control", "treated"]])
    for note in results.notes:
        show(f"* {spoken(note)}")
    results.write(out)
    show(
        say_n("Wrote {count} comparison to {out}.", "Wrote {count} comparisons to {out}.", len(results.groups), out=out)
    )


def _show_interaction(table: CandidateTable, four: str, confidence_level: float) -> None:
    from corrtest import analysis

    names = [name.strip() for name in parts(four, ";")]
    if len(names) != 4 or not all(names):
        raise AnalysisError(
            say(
                "An interaction takes four candidates by semicolons, and '{four}' has {count}. Write for example "
                "--interaction 'F,Man;F,Woman;M,Man;M,Woman'.",
                four=four,
                count=len(names),
            )
        )
    neither, first, second, both = names
    found = analysis.interaction(
        table, neither=neither, first=first, second=second, both=both, confidence_level=confidence_level
    )
    show_figures(say("Interaction of the two criteria"), found.to_frame())
    show(analysis.interaction_sentence(found, analysis.sentence_words(current())))
