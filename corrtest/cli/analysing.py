"""Verbs on reactions: analyse, two-by-two, pool, sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from corrtest.cli.output import say, say_figures, say_json, say_table, words
from corrtest.errors import AnalysisError, nearest

if TYPE_CHECKING:
    from corrtest.analysis import GroupResult

POOLING = ("REML", "PM", "DL")
POOLING_TESTS = ("hartung_knapp", "z")
MARGIN_LEVEL = 0.05


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
    pooling: Annotated[str, typer.Option(help="With --aggregate: REML, PM or DL.")] = "REML",
    pooling_test: Annotated[str, typer.Option(help="With --aggregate: hartung_knapp or z.")] = "hartung_knapp",
) -> None:
    """Estimate discrimination from a table of reactions, and write results.json."""
    from corrtest import analysis

    if aggregate:
        _pool_experiments(pairs, out, columns, by, confidence_level or 0.95, pooling, pooling_test)
        return
    if columns:
        raise AnalysisError("--columns goes with --aggregate. Add --aggregate.")
    table: analysis.PairsTable | analysis.ApplicationsTable
    if long:
        given = {"--vacancy": vacancy, "--candidate": candidate, "--positive": positive}
        missing = [name for name, value in given.items() if not value]
        if missing:
            raise AnalysisError(
                f"A long table needs {', '.join(missing)} as well. Write for example: corrtest analyse {pairs.name} "
                "--long --vacancy offer --candidate origin,gender --positive callback --reference F,Man"
            )
        table = analysis.read_long(
            pairs,
            vacancy=vacancy or "",
            candidates=words(candidate),
            positive=positive or "",
            reference=words(reference) or None,
        )
    elif vacancy or candidate or positive or reference:
        raise AnalysisError("--vacancy, --candidate, --positive and --reference go with --long. Add --long.")
    else:
        table = analysis.read_pairs(pairs, control=control, treated=treated)
    options: dict[str, Any] = {}
    if plan is not None:
        from corrtest.design import read_plan

        frozen = read_plan(plan)
        amendments = [
            f"{entry['since']}: {entry['reason']} (+{entry['pairs_added']}, -{entry['pairs_taken_out']})"
            for entry in frozen.manifest.get("amendments", [])
        ]
        options = {
            "study": {**frozen.study.description(), "amendments": amendments, "deviations": list(deviation or [])},
            "plan": frozen.manifest,
            "shortfalls": frozen.shortfalls,
        }
    results = analysis.analyse(
        table,
        by=words(by),
        confidence_level=confidence_level,
        all_methods=all_methods,
        cluster=_one_or_two(cluster),
        weights=weights,
        **options,
    )
    results.write(out)
    many = "1 group" if len(results.groups) == 1 else f"{len(results.groups)} groups"
    say(f"Wrote {many} of results to {out}. Next: corrtest report {out} --out report")


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


def two_by_two(
    both: Annotated[int, typer.Argument(help="Pairs in which both had a positive reaction.")],
    control_only: Annotated[int, typer.Argument(help="Pairs in which only the control had one.")],
    treated_only: Annotated[int, typer.Argument(help="Pairs in which only the treated had one.")],
    neither: Annotated[int, typer.Argument(help="Pairs in which neither had one.")],
    confidence_level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Of all intervals.")] = 0.95,
    margins: Annotated[
        str | None,
        typer.Option(help="Also test equivalence within these ratios, as in 0.8,1.25 (0.8 alone: no worse)."),
    ] = None,
    language: Annotated[str, typer.Option(help="Of the sentence: nl or en.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")] = False,
) -> None:
    """Every statistic of one paired table."""
    from corrtest import analysis

    group = analysis.two_by_two(both, control_only, treated_only, neither, confidence_level=confidence_level)
    if as_json:
        say_json(group.to_dict())
        return
    _show_group(group)
    say(group.summary(language))
    if margins is not None:
        say(_margin_sentence((both, control_only, treated_only, neither), margins))


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


def _margin_sentence(counts: tuple[int, int, int, int], margins: str) -> str:
    from corrtest import analysis

    try:
        limits = [float(word) for word in words(margins)]
    except ValueError:
        limits = []
    both, control_only, treated_only, neither = counts
    tables = analysis.PairedTables.of(both, control_only, treated_only, neither)
    if len(limits) == 2 and 0 < limits[0] < 1 < limits[1]:
        found = analysis.equivalence(tables, limits[0], limits[1])
        claim = f"the ratio lies between {limits[0]:g} and {limits[1]:g}"
    elif len(limits) == 1 and 0 < limits[0] < 1:
        found = analysis.noninferiority(tables, limits[0])
        claim = f"the ratio is above {limits[0]:g}"
    else:
        raise AnalysisError(
            f"The margins '{margins}' cannot be used. Give one ratio below 1, or one below and one above."
        )
    pvalue = float(found.pvalue.item())
    shown = "is shown" if pvalue < MARGIN_LEVEL else "is not shown"
    return f"That {claim} {shown} at the level of {MARGIN_LEVEL:g} (p = {pvalue:.4f})."


def _one_or_two(cluster: str | None) -> str | tuple[str, ...] | None:
    columns = words(cluster)
    return columns if len(columns) > 1 else cluster


def _among(option: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise AnalysisError(f"{option} cannot be '{given}'. {nearest(given, allowed)}")


def _show_group(group: GroupResult) -> None:
    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.4f}"

    say_table(
        "Estimates (ratio = treated / control: below 1 = treated at a disadvantage)",
        ("estimate", "value", "lower", "upper", "method"),
        [(e.name, shown(e.value), shown(e.lower), shown(e.upper), e.method) for e in group.estimates],
    )
    say_table(
        "Tests of no difference between the arms",
        ("test", "statistic", "p-value"),
        [(t.name, shown(t.statistic), shown(t.pvalue)) for t in group.tests],
    )
    for note in dict.fromkeys(f"{e.name} ({e.method}): {e.note}" for e in group.estimates if e.note):
        say(f"* {note}")
