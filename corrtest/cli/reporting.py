"""Verbs on results: report, compare, policy, and what employers are told before the start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import say, words
from corrtest.errors import ReportError

if TYPE_CHECKING:
    from corrtest.analysis import Results
    from corrtest.disclosure import Policy, Publication, ReleaseLog, ReleaseSet

Out = Annotated[Path, typer.Option("--out", help="A folder for the files.")]
Language = Annotated[str, typer.Option(help="Languages, separated by commas.")]
Formats = Annotated[str, typer.Option("--format", help="Forms, separated by commas: html, pdf, xlsx, docx, json.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="A stricter disclosure policy (TOML).")]
Log = Annotated[
    Path | None,
    typer.Option(
        "--release-log",
        help="The folder that remembers earlier releases; default: release_log beside the results or above them.",
    ),
]


def report(
    results: Annotated[
        Path,
        typer.Argument(
            metavar="RESULTS", help="The results.json that 'analyse' wrote, or a report.json that left before."
        ),
    ],
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

    def write(released: Sequence[ReleaseSet], folder: Path) -> list[Path]:
        (one,) = released
        written = write_report(one, folder, languages=words(language), formats=words(formats))
        return [*written, _bundle(one, folder, words(language), plan, document or [])] if bundle else written

    _publish([results], out, write, policy, release_log)


def compare(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULTS...", help="Two results.json or report.json files or more: sectors, or two waves."
        ),
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

    def write(released: Sequence[ReleaseSet], folder: Path) -> list[Path]:
        return write_comparison(released, folder, languages=words(language), formats=words(formats), ranks=ranks)

    _publish(results, out, write, policy, release_log)


def policy() -> None:
    """Print the default disclosure policy, with what each figure means; save it and change it for --policy."""
    from corrtest.disclosure import default_policy_text

    say(default_policy_text().rstrip())


def employers(
    study_file: Annotated[Path, typer.Argument(metavar="STUDY", help="The study file (TOML).")],
    out: Out,
    language: Language = "nl,en",
    formats: Formats = "html,pdf,docx",
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Mark every page: this study does not exist, nothing will be sent.")
    ] = False,
) -> None:
    """Write what the sector sends to its employers before the start: letter, leaflet, questions and answers."""
    from corrtest.report import write_employer_pack
    from corrtest.spec import read_study

    study = read_study(study_file)
    for path in write_employer_pack(study, out, languages=words(language), formats=words(formats), simulated=simulated):
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


def _publish(
    given: Sequence[Path],
    out: Path,
    write: Callable[[Sequence[ReleaseSet], Path], list[Path]],
    policy: Path | None,
    release_log: Path | None,
) -> None:
    """Release what the files hold, write it with `write`, and say where; files and release log go together."""
    from corrtest.disclosure import publication, read_policy

    base = read_policy(policy) if policy else None
    opened = [_read(path) for path in given]
    log = _log_for(given, opened, release_log)
    if log is None:
        written = write([_released(each, base, None) for each in opened], out)
    else:
        with publication(log, out) as leaving:
            written = write([_released(each, base, leaving) for each in opened], leaving.folder)
            written = [out / path.relative_to(leaving.folder) for path in written]
    for path in written:
        say(f"Wrote {path}")
    if log is not None:
        say(f"Remembered in {log.folder}: keep it with the register, next time it tells what was released before.")


def _read(path: Path) -> Results | ReleaseSet:
    """Read results, or releases that left before."""
    from corrtest.analysis import Results
    from corrtest.disclosure import is_releases, read_releases

    return read_releases(path) if is_releases(path) else Results.read(path)


def _log_for(given: Sequence[Path], opened: Sequence[Results | ReleaseSet], folder: Path | None) -> ReleaseLog | None:
    """Return the release log that these results go into, or None where they need none.

    What has left already is only printed again; behind simulated reactions and published data there is nobody to
    protect.
    """
    from corrtest.analysis import Results
    from corrtest.disclosure import ReleaseLog, log_folder_for, names_no_one

    fresh = [(path, each) for path, each in zip(given, opened, strict=True) if isinstance(each, Results)]
    if not fresh:
        return None
    if folder is None:
        protected = [path for path, each in fresh if not each.simulated and not names_no_one(each)]
        if not protected:
            return None
        folder = log_folder_for(protected[0])
    return ReleaseLog.open(folder)


def _released(each: Results | ReleaseSet, base: Policy | None, log: Publication | None) -> ReleaseSet:
    from corrtest.analysis import Results
    from corrtest.disclosure import policy_for, release

    return release(each, policy_for(each, base), log) if isinstance(each, Results) else each
