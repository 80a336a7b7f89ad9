"""Verbs on reactions: analyse, two-by-two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.output import say, say_json, say_table, words
from corrtest.errors import AnalysisError

if TYPE_CHECKING:
    from corrtest.analysis import GroupResult


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
    confidence_level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Of all intervals.")] = 0.95,
    all_methods: Annotated[
        bool, typer.Option("--all-methods", help="Every method, not the default ones only.")
    ] = False,
) -> None:
    """Estimate discrimination from a table of reactions, and write results.json."""
    from corrtest import analysis

    if aggregate:
        _pool(pairs, out, columns, by, confidence_level)
        return
    if columns:
        raise AnalysisError("--columns goes with --aggregate. Add --aggregate.")
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
        options = {
            "study": frozen.study.description(),
            "outcomes": frozen.study.outcomes.as_mapping(),
            "plan": frozen.manifest,
            "shortfalls": frozen.shortfalls,
        }
    results = analysis.analyse(
        table, by=words(by), confidence_level=confidence_level, all_methods=all_methods, **options
    )
    results.write(out)
    many = "1 group" if len(results.groups) == 1 else f"{len(results.groups)} groups"
    say(f"Wrote {many} of results to {out}. Next: corrtest report {out} --out report")


def _pool(path: Path, out: Path, columns: str | None, by: str, confidence_level: float) -> None:
    """Pool published experiments by random effects (REML, Hartung-Knapp)."""
    from corrtest import analysis

    given = {"columns": words(columns)} if columns else {}
    pooled = analysis.pool_aggregate(
        analysis.read_aggregate(path, **given), by=words(by), confidence_level=confidence_level
    )
    pooled.write(out)
    frame = pooled.to_frame()
    shown = [tuple(f"{v:.4f}" if isinstance(v, float) else v for v in row) for row in frame.itertuples(index=False)]
    say_table("Pooled ratios (below 1 = treated at a disadvantage)", [str(name) for name in frame.columns], shown)
    for note in pooled.notes:
        say(f"* {note}")
    say(f"Wrote {out}.")


def two_by_two(
    both: Annotated[int, typer.Argument(help="Pairs in which both had a positive reaction.")],
    control_only: Annotated[int, typer.Argument(help="Pairs in which only the control had one.")],
    treated_only: Annotated[int, typer.Argument(help="Pairs in which only the treated had one.")],
    neither: Annotated[int, typer.Argument(help="Pairs in which neither had one.")],
    confidence_level: Annotated[float, typer.Option(min=0.5, max=0.999, help="Of all intervals.")] = 0.95,
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
