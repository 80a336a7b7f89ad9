"""Verbs on results: report, compare, and what employers are told before the start."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import say, words
from corrtest.errors import ReportError

if TYPE_CHECKING:
    from corrtest.disclosure import ReleaseSet

Out = Annotated[Path, typer.Option("--out", help="A folder for the files.")]
Language = Annotated[str, typer.Option(help="Languages, separated by commas.")]
Formats = Annotated[str, typer.Option("--format", help="Forms, separated by commas: html, pdf, xlsx, docx, json.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="A stricter disclosure policy (TOML).")]
Log = Annotated[
    Path | None,
    typer.Option("--release-log", help="The folder that remembers what was released before: one a register."),
]


def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The results.json that 'analyse' wrote.")],
    out: Out,
    language: Language = "nl,en",
    formats: Formats = "html",
    policy: PolicyFile = None,
    release_log: Log = None,
    bundle: Annotated[
        bool,
        typer.Option("--bundle", help="Also write the validation bundle: all that a professor needs to re-make it."),
    ] = False,
    plan: Annotated[
        Path | None, typer.Option(help="With --bundle: the frozen plan, whose study and preregistration go in.")
    ] = None,
    document: Annotated[
        list[Path] | None, typer.Option(help="With --bundle: a further public file to put in; may be repeated.")
    ] = None,
) -> None:
    """Write the uniform report; only what passes disclosure control is printed."""
    from corrtest.report import write_report

    if not bundle and (plan or document):
        raise ReportError("--plan and --document go with --bundle. Add --bundle.")
    released = _released(results, policy, release_log)
    for path in write_report(released, out, languages=words(language), formats=words(formats)):
        say(f"Wrote {path}")
    if bundle:
        say(f"Wrote {_bundle(released, out, words(language), plan, document or [])}")


def compare(
    results: Annotated[
        list[Path], typer.Argument(metavar="RESULTS...", help="Two results.json files or more: sectors, or two waves.")
    ],
    out: Out,
    language: Language = "nl,en",
    formats: Formats = "html",
    ranks: Annotated[bool, typer.Option("--ranks", help="Add ranks, with the intervals that they need.")] = False,
    policy: PolicyFile = None,
    release_log: Log = None,
) -> None:
    """Set sectors side by side, or a follow-up measurement against its baseline."""
    from corrtest.report import write_comparison

    released = [_released(path, policy, release_log) for path in results]
    for path in write_comparison(released, out, languages=words(language), formats=words(formats), ranks=ranks):
        say(f"Wrote {path}")


def employers(
    study_file: Annotated[Path, typer.Argument(metavar="STUDY", help="The study file (TOML).")],
    out: Out,
    language: Language = "nl,en",
    formats: Formats = "html,pdf,docx",
) -> None:
    """Write what the sector sends to its employers before the start: letter, leaflet, questions and answers."""
    from corrtest.report import write_employer_pack
    from corrtest.spec import read_study

    for path in write_employer_pack(read_study(study_file), out, languages=words(language), formats=words(formats)):
        say(f"Wrote {path}")


def _bundle(released: ReleaseSet, out: Path, languages: tuple[str, ...], plan: Path | None, more: list[Path]) -> Path:
    """Write the validation bundle, with the study and the preregistration of `plan` where it is given."""
    from corrtest.report import write_bundle

    documents = {path.name: path for path in more}
    if plan is None:
        return write_bundle(released, out, languages=languages, documents=documents)
    from corrtest.design import read_plan, write_preregistration

    frozen = read_plan(plan)
    with TemporaryDirectory() as folder:
        written = write_preregistration(frozen, folder, languages)
        documents |= {path.name: path for path in written}
        return write_bundle(released, out, languages=languages, study_text=frozen.study.source, documents=documents)


def _released(results: Path, policy: Path | None, log: Path | None) -> ReleaseSet:
    from corrtest.analysis import Results
    from corrtest.disclosure import ReleaseLog, policy_for, read_policy, release

    read = Results.read(results)
    base = read_policy(policy) if policy else None
    return release(read, policy_for(read, base), ReleaseLog.open(log) if log else None)
