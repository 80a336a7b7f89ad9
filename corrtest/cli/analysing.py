"""Verbs on reactions: analyse, pool, sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from corrtest.cli.candidates import LongColumns, compare_candidates
from corrtest.cli.output import say, say_figures, say_json, words
from corrtest.errors import AnalysisError, nearest

if TYPE_CHECKING:
    from corrtest.analysis import ApplicationsTable, PairsTable

POOLING = ("REML", "PM", "DL")
POOLING_TESTS = ("hartung_knapp", "z")


def analyse(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS", help="The pairs table: CSV, XLSX or Parquet.")],
    out: Annotated[Path, typer.Option("--out", help="The results file to write (JSON).")] = Path("results.json"),
    long: Annotated[bool, typer.Option("--long", help="One row an application instead of one row a pair.")] = False,
    vacancy: Annotated[str | None, typer.Option(help="With --long: the column that names the vacancy.")] = None,
    candidate: Annotated[
        str | None, typer.Option(help="With --long: the column(s) that tell candidates apart.")
    ] = None,
    positive: Annotated[str | None, typer.Option(help="With --long: the column that says positive or not.")] = None,
    reference: Annotated[
        str | None, typer.Option(help="With --long: the candidate all others are compared with, as in F,Man.")
    ] = None,
    control: Annotated[str | None, typer.Option(help="The 0/1 column of the control arm, if named otherwise.")] = None,
    treated: Annotated[str | None, typer.Option(help="The 0/1 column of the treated arm, if named otherwise.")] = None,
    aggregate: Annotated[
        bool, typer.Option("--aggregate", help="One row an experiment, with counts per arm: pool them.")
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(help="With --aggregate: columns of control applications and positives, then treated, by commas."),
    ] = None,
    by: Annotated[str, typer.Option(help="More columns to group by, separated by commas.")] = "",
    plan: Annotated[
        Path | None, typer.Option(help="The frozen plan: its study, outcomes and shortfalls go into the results.")
    ] = None,
    deviation: Annotated[
        list[str] | None, typer.Option(help="With --plan: a deviation from what was preregistered; may be repeated.")
    ] = None,
    confidence_level: Annotated[
        float | None,
        typer.Option(min=0.5, max=0.999, help="Of all intervals: what the study says, else 0.95.", show_default=False),
    ] = None,
    all_methods: Annotated[
        bool, typer.Option("--all-methods", help="Every method, not the default ones only.")
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="What answers together: employer, vacancy, none, or a column (two by a comma); what the study says, "
            "else employer.",
            show_default=False,
        ),
    ] = None,
    weights: Annotated[str | None, typer.Option(help="The column of sampling weights.")] = None,
    odd_reactions: Annotated[
        str | None,
        typer.Option(help="Automatic, late, bounced: as_coded, left_out or bounded; what the study says first."),
    ] = None,
    multiplicity: Annotated[
        str | None, typer.Option(help="holm, benjamini_hochberg or none; what the study says, else holm.")
    ] = None,
    bootstrap: Annotated[
        int, typer.Option(min=0, help="Also give bootstrap intervals, from so many replicates (2000 is usual).")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap.")] = 2026,
    randomisation: Annotated[
        str | None,
        typer.Option(
            help="Also test by the draw of the sending order: independent (by each pair's probability) or "
            "counterbalanced (fixed numbers in each stratum)."
        ),
    ] = None,
    all_pairs: Annotated[
        bool, typer.Option("--all-pairs", help="With --long: compare every two candidates, and all at once.")
    ] = False,
    interaction: Annotated[
        str | None,
        typer.Option(
            help="With --long: four candidates by semicolons (neither signal; the first; the second; both), as in "
            "'F,Man;F,Woman;M,Man;M,Woman'."
        ),
    ] = None,
    summary: Annotated[
        str | None, typer.Option(help="Also print each criterion's result in words: nl or en. Not for publication.")
    ] = None,
    pooling: Annotated[str, typer.Option(help="With --aggregate: REML, PM or DL.")] = "REML",
    pooling_test: Annotated[str, typer.Option(help="With --aggregate: hartung_knapp or z.")] = "hartung_knapp",
) -> None:
    """Estimate discrimination from a table of reactions, and write results.json.

    A row is a pair, or an application where the study is unpaired (columns arm and reaction).
    """
    from corrtest import analysis

    if aggregate:
        _pool_experiments(pairs, out, columns, by, confidence_level or 0.95, pooling, pooling_test)
        return
    if columns:
        raise AnalysisError("--columns goes with --aggregate. Add --aggregate.")
    of_long = LongColumns.of(pairs, long, vacancy, candidate, positive, reference)
    if all_pairs or interaction:
        if of_long is None:
            raise AnalysisError("--all-pairs and --interaction go with --long. Add --long.")
        compare_candidates(pairs, of_long, out, all_pairs, interaction, confidence_level or 0.95)
        return
    table: PairsTable | ApplicationsTable
    if of_long is None:
        table = analysis.read_pairs(pairs, control=control, treated=treated)
    else:
        table = analysis.read_long(
            pairs,
            vacancy=of_long.vacancy,
            candidates=of_long.candidates,
            positive=of_long.positive,
            reference=words(reference) or None,
        )
    if randomisation is not None:
        _among("--randomisation", randomisation, analysis.DRAWS)
    results = analysis.analyse(
        table,
        by=words(by),
        confidence_level=confidence_level,
        all_methods=all_methods,
        cluster=_one_or_two(cluster),
        weights=weights,
        odd_reactions=odd_reactions,
        multiplicity=multiplicity,
        bootstrap=bootstrap,
        seed=seed,
        randomisation=cast(Any, randomisation),
        **({} if plan is None else _of_plan(plan, deviation or [])),
    )
    results.write(out)
    many = "1 group" if len(results.groups) == 1 else f"{len(results.groups)} groups"
    if summary is not None:
        say(results.summary(summary))
    for note in results.notes:
        say(f"* {note}")
    say(f"Wrote {many} of results to {out}. Next: corrtest report {out} --out report")


def _of_plan(plan: Path, deviations: list[str]) -> dict[str, Any]:
    """Return what a frozen plan says to the analysis: its study with amendments and deviations, and its shortfalls."""
    from corrtest.design import read_plan

    frozen = read_plan(plan)
    amendments = [
        f"{entry['since']}: {entry['reason']} (+{entry['pairs_added']}, -{entry['pairs_taken_out']})"
        for entry in frozen.manifest.get("amendments", [])
    ]
    return {
        "study": {**frozen.study.description(), "amendments": amendments, "deviations": deviations},
        "plan": frozen.manifest,
        "shortfalls": frozen.shortfalls,
    }


def _pool_experiments(
    path: Path, out: Path, columns: str | None, by: str, confidence_level: float, method: str, test: str
) -> None:
    """Pool published experiments by random effects."""
    from corrtest import analysis

    _among("--pooling", method, POOLING)
    _among("--pooling-test", test, POOLING_TESTS)
    given = {"columns": words(columns)} if columns else {}
    pooled = analysis.pool_aggregate(
        analysis.read_aggregate(path, **given),
        by=words(by),
        method=cast(Any, method),
        test=cast(Any, test),
        confidence_level=confidence_level,
    )
    pooled.write(out)
    say_figures("Pooled ratios (below 1 = treated at a disadvantage)", pooled.to_frame())
    for note in pooled.notes:
        say(f"* {note}")
    say(f"Wrote {out}.")


def pool(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS", help="The pairs table: CSV, XLSX or Parquet.")],
    criterion: Annotated[str | None, typer.Option(help="Which criterion, where the table has several.")] = None,
    outcome: Annotated[str, typer.Option(help="Which outcome: strict, broad, or positive.")] = "strict",
    stratum: Annotated[str, typer.Option(help="The column whose values are the strata.")] = "joint_committee",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")] = False,
) -> None:
    """Pool the strata of one measurement: each committee's ratio raw and shrunken, p-values plain and adjusted."""
    from corrtest import analysis

    pooled = analysis.pool_strata(analysis.read_pairs(pairs), criterion=criterion, outcome=outcome, stratum=stratum)
    if as_json:
        say_json(pooled.to_dict())
        return
    say_figures(f"Ratio by {stratum}, {outcome} (below 1 = treated at a disadvantage)", pooled.to_frame())
    for note in pooled.notes:
        say(f"* {note}")


def sensitivity(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS", help="The pairs table: CSV, XLSX or Parquet.")],
    criterion: Annotated[str | None, typer.Option(help="Which criterion, where the table has several.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")] = False,
) -> None:
    """Show how the ratio changes with what is done about automatic, late or bounced reactions."""
    from corrtest import analysis

    table = analysis.sensitivity(analysis.read_pairs(pairs), criterion=criterion)
    if as_json:
        say_json(table.astype(object).where(table.notna(), None).to_dict("records"))
        return
    say_figures("The ratio under each choice (below 1 = treated at a disadvantage)", table)


def _one_or_two(cluster: str | None) -> str | tuple[str, ...] | None:
    columns = words(cluster)
    return columns if len(columns) > 1 else cluster


def _among(option: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise AnalysisError(f"{option} cannot be '{given}'. {nearest(given, allowed)}")
