"""The verb analyse: estimates from a table of reactions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from corrtest.cli.long_table import Candidate, LongColumns, Reference, Repeated, Vacancy, refuse_without_long
from corrtest.cli.options import PairsFile
from corrtest.cli.output import show, show_internal, words
from corrtest.cli.places import Places, shown
from corrtest.cli.publishing import commitment_for
from corrtest.cli.questionnaire.whole import analyse_questionnaire, asks
from corrtest.errors import AnalysisError, nearest
from corrtest.language import say, say_n, spoken

if TYPE_CHECKING:
    from corrtest.analysis import Results, StudyTable


def analyse(
    pairs: PairsFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The results file to write (JSON); default results.json.")
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="One row an application instead of one row a pair.")] = False,
    vacancy: Vacancy = None,
    candidate: Candidate = None,
    positive: Annotated[
        str | None,
        typer.Option(
            help="The column that says positive or not; of a pairs table the two 0/1 columns, control first, as in w,b."
        ),
    ] = None,
    reference: Reference = None,
    repeated: Repeated = "each",
    by: Annotated[
        str | None,
        typer.Option(
            help="More columns to group by, by commas; default province where the table has it, and channel where the "
            "study declares several; '' for none.",
            show_default=False,
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            help="The frozen plan (its study, outcomes and shortfalls go into the results) or a study file, which says "
            "how it is analysed; else the study folder's."
        ),
    ] = None,
    all_methods: Annotated[
        bool, typer.Option("--all-methods", help="Every method, not the default ones only.")
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="What answers together: employer, vacancy, none, employer_and_caller, or a column (two by a comma); "
            "what the study says, else employer.",
            show_default=False,
        ),
    ] = None,
    weights: Annotated[str | None, typer.Option(help="The column of sampling weights.")] = None,
    bootstrap: Annotated[
        int, typer.Option(min=0, help="Also give bootstrap intervals, from so many replicates (2000 is usual).")
    ] = 0,
    randomisation: Annotated[
        str | None,
        typer.Option(
            help="Also test by the draw of the sending order: independent (by each pair's probability) or "
            "counterbalanced (fixed numbers in each stratum)."
        ),
    ] = None,
) -> None:
    """Estimate discrimination from a table of reactions, and write results.json.

    A row is a pair, or an application where the study is unpaired (columns arm and reaction). Confidence level,
    multiplicity and what is done about odd reactions are what the study says; without a study 0.95, Holm, as coded.
    """
    from corrtest import analysis

    places = Places.here()
    if pairs is None and plan is None and asks(places):
        analyse_questionnaire(places, out)
        return
    source = places.pairs(pairs)
    of_study = _of_study(places, pairs, plan)
    if (of_study.get("study") or {}).get("client_calls"):
        _analyse_answers(places, pairs, plan, out, by, weights, of_study, all_methods=all_methods)
        return
    table = _read(source, reference, long, vacancy, candidate, positive, repeated)
    if randomisation is not None and randomisation not in analysis.DRAWS:
        raise AnalysisError(
            say(
                "--randomisation cannot be '{randomisation}'. {nearest}",
                randomisation=randomisation,
                nearest=nearest(randomisation, analysis.DRAWS),
            )
        )
    target = _target(places, pairs, out)
    results = analysis.analyse(
        table,
        by=_further(table, of_study) if by is None else words(by),
        all_methods=all_methods,
        cluster=_one_or_two(cluster),
        weights=weights,
        bootstrap=bootstrap,
        randomisation=cast(Any, randomisation),
        **of_study,
    )
    _write(results, places, pairs, plan, target)


def _write(results: Results, places: Places, pairs: Path | None, plan: Path | None, target: Path) -> None:
    """Write the results with the commitment of their study's secret, and say where they are."""
    results = replace(results, commitment=commitment_for(results, _log_of_study(places, pairs, plan, target)))
    results.write(target)
    many = say_n("{count} group", "{count} groups", len(results.groups))
    for note in results.notes:
        show(f"* {spoken(note)}")
    place = shown(target)
    show(say("Wrote {many} of results to {place}. In words: corrtest summary {place}", many=many, place=place))
    show_internal(simulated=results.simulated)


def _analyse_answers(
    places: Places,
    pairs: Path | None,
    plan: Path | None,
    out: Path | None,
    by: str | None,
    weights: str | None,
    of_study: dict[str, Any],
    *,
    all_methods: bool,
) -> None:
    """Estimate shares of a study that calls firms: the plan says how many firms there are to call."""
    from corrtest import analysis

    table = analysis.read_answers(places.pairs(pairs))
    several = "province" in table.frame and table.frame["province"].replace("", None).dropna().nunique() > 1
    results = analysis.analyse_shares(
        table,
        by=(("province",) if several else ()) if by is None else words(by),
        weights=weights,
        all_methods=all_methods,
        population=(of_study.get("plan") or {}).get("frame"),
        **of_study,
    )
    _write(results, places, pairs, plan, _target(places, pairs, out))


def _read(
    path: Path,
    reference: str | None,
    long: bool,
    vacancy: str | None,
    candidate: str | None,
    positive: str | None,
    repeated: str,
) -> StudyTable:
    """Read the table of reactions in the form that the options say."""
    from corrtest import analysis

    if not long:
        refuse_without_long(vacancy, candidate, reference)
        control, treated = _two_columns(positive)
        return analysis.read_pairs(path, control=control, treated=treated)
    columns = LongColumns.of(vacancy, candidate, positive)
    return analysis.read_long(
        path,
        vacancy=columns.vacancy,
        candidates=columns.candidates,
        positive=columns.positive,
        reference=reference or None,
        repeated=repeated,
    )


def _two_columns(positive: str | None) -> tuple[str | None, str | None]:
    """Return the 0/1 columns of the two arms, where they are named otherwise than in a pairs table."""
    match words(positive):
        case ():
            return None, None
        case (control, treated):
            return control, treated
    raise AnalysisError(
        say(
            "--positive names two 0/1 columns of a pairs table, control first, as in --positive w,b. Where a row "
            "is an application, add --long."
        )
    )


def _target(places: Places, pairs: Path | None, out: Path | None) -> Path:
    """Return where the results go: a table from elsewhere does not overwrite those of the study."""
    if out is None and (pairs is not None or places.folder is None):
        return Path("results.json")
    return places.out(out, "results", say("The results need"))


def _of_study(places: Places, pairs: Path | None, plan: Path | None) -> dict[str, Any]:
    """Return what the study says to its analysis; a table from elsewhere has no study unless one is named."""
    from corrtest.design import read_drawn_plan
    from corrtest.generator import AUDIT_TABLE, read_length_balance
    from corrtest.spec import read_fieldwork_account, read_study

    if plan is None and (pairs is not None or places.folder is None):
        return {}
    folder = places.plan(plan)
    if folder.is_file():
        return {"study": read_study(folder).description()}
    frozen = read_drawn_plan(folder)
    amendments = [
        f"{entry['since']}: {entry['reason']} (+{entry['pairs_added']}, -{entry['pairs_taken_out']})"
        for entry in frozen.manifest.get("amendments", [])
    ]
    # The account is of the study folder's own pairs table.
    account = None if places.folder is None or pairs is not None else places.folder.fieldwork_account
    deviations = [] if places.folder is None else list(places.folder.deviations())
    balance = None if places.folder is None else read_length_balance(places.folder.documents / AUDIT_TABLE)
    known = {**frozen.study.description(), **({} if balance is None else {"length_balance": balance})}
    return {
        "study": {**known, "amendments": amendments, "deviations": deviations},
        "plan": frozen.manifest,
        "shortfalls": frozen.shortfalls,
        "fieldwork": read_fieldwork_account(account) if account is not None and account.is_file() else (),
    }


def _further(table: StudyTable, of_study: dict[str, Any]) -> tuple[str, ...]:
    """Return the groupings that a report has room for beside committee and level, where there is something to group."""
    if table.one_group_a_comparison:
        return ()
    declared = (of_study.get("study") or {}).get("channels") or ()
    wanted = ("province", "channel") if len(declared) > 1 else ("province",)
    return tuple(name for name in wanted if name in table.frame and table.frame[name].nunique() > 1)


def _log_of_study(places: Places, pairs: Path | None, plan: Path | None, target: Path) -> Path | None:
    """Return the release log of the study folder of the plan, else of the table; outside any, one beside the results.

    None where a folder's secrets are not there: a copy without them gets no new ones.
    """
    from corrtest.spec import release_log_of

    named = plan or pairs
    folder = places.folder if named is None else Places.around(named.absolute().parent).folder
    if folder is None:
        return release_log_of(target)
    return folder.release_log if folder.secret.is_dir() else None


def _one_or_two(cluster: str | None) -> str | tuple[str, ...] | None:
    columns = words(cluster)
    return columns if len(columns) > 1 else cluster
