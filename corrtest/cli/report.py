"""The verb report: the uniform report, of releases only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.actions import actions_of
from corrtest.cli.options import Formats, Languages, OutFolder, ResultsFile
from corrtest.cli.output import words
from corrtest.cli.places import Places
from corrtest.cli.publishing import LogFolder, OverrideBy, PolicyFile, Reason, allowed, publish
from corrtest.errors import ReportError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.cli.publishing import Released
    from corrtest.disclosure import ReleaseSet


def report(
    results: ResultsFile = None,
    out: OutFolder = None,
    language: Languages = "nl,en",
    formats: Formats = "html",
    policy: PolicyFile = None,
    release_log: LogFolder = None,
    override_by: OverrideBy = None,
    reason: Reason = None,
    bundle: Annotated[
        bool,
        typer.Option("--bundle", help="Also write the validation bundle: all that a professor needs to re-make it."),
    ] = False,
    plan: Annotated[
        Path | None,
        typer.Option(
            help="With --bundle: the frozen plan, whose study and preregistration go in; else the study folder's."
        ),
    ] = None,
    document: Annotated[
        list[Path] | None, typer.Option(help="With --bundle: a further public file to put in; may be repeated.")
    ] = None,
) -> None:
    """Write the uniform report; only what passes disclosure control is printed."""
    from corrtest.disclosure import QuestionnaireRelease
    from corrtest.report import write_questionnaire_report, write_report

    if not bundle and (plan or document):
        raise ReportError(say("--plan and --document go with --bundle. Add --bundle."))
    places = Places.here()
    # Results from elsewhere were not planned in this folder.
    if bundle and plan is None and results is None and places.folder is not None:
        plan = places.folder.plan

    # Actions answer the results of their own folder, not results from elsewhere.
    acts = actions_of(places) if results is None else ()

    def write(released: Sequence[Released], folder: Path) -> list[Path]:
        (one,) = released
        if isinstance(one, QuestionnaireRelease):
            if bundle:
                raise ReportError(say("A survey or risk analysis has no validation bundle. Leave out --bundle."))
            return write_questionnaire_report(one, folder, words(language), words(formats))
        written = write_report(one, folder, languages=words(language), formats=words(formats), actions=acts)
        return [*written, _bundle(one, folder, words(language), plan, document or [])] if bundle else written

    source, target = places.results(results), places.out(out, "report", say("The report needs"))
    publish([source], target, write, policy, release_log, allowed(override_by, reason))


def _bundle(released: ReleaseSet, out: Path, languages: tuple[str, ...], plan: Path | None, more: list[Path]) -> Path:
    """Write the validation bundle, with the study and the preregistration of `plan` where it is given."""
    from corrtest.report import write_bundle

    documents = {path.name: path for path in more}
    if plan is None:
        return write_bundle(released, out, languages=languages, documents=documents)
    from corrtest.design import read_plan, write_preregistration
    from corrtest.power import power_of_plan

    frozen = read_plan(plan)
    if frozen.study.client_calls is not None:
        return write_bundle(released, out, languages=languages, study_text=frozen.study.source, documents=documents)
    with TemporaryDirectory() as folder:
        written = write_preregistration(frozen, power_of_plan(frozen), folder, languages)
        documents |= {path.name: path for path in written}
        return write_bundle(released, out, languages=languages, study_text=frozen.study.source, documents=documents)
