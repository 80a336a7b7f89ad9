"""What report and compare share: the gate, the release log, and files that leave together with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import shown
from corrtest.errors import DisclosureError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.analysis import Results
    from corrtest.disclosure import Override, Policy, Publication, QuestionnaireRelease, ReleaseLog, ReleaseSet
    from corrtest.questionnaires import QuestionnaireResults

    AnyResults = Results | QuestionnaireResults
    Released = ReleaseSet | QuestionnaireRelease

PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="A disclosure policy of your own (TOML), stricter than the default.")
]
LogFolder = Annotated[
    Path | None,
    typer.Option(
        "--release-log",
        help="The folder that remembers what has left, with the study's secret; default: secret/release_log of the "
        "study folder.",
    ),
]
OverrideBy = Annotated[
    str | None, typer.Option("--override-by", help="Who allows a policy that is laxer than the default one.")
]
Reason = Annotated[str | None, typer.Option("--reason", help="With --override-by: why; the report says so.")]


def allowed(by: str | None, reason: str | None) -> Override | None:
    """Return who allows a laxer policy and why, where both are said."""
    from corrtest.disclosure import Override

    return None if by is None and reason is None else Override(by=by or "", reason=reason or "")


def publish(
    given: Sequence[Path],
    out: Path,
    write: Callable[[Sequence[Released], Path], list[Path]],
    policy: Path | None,
    release_log: Path | None,
    override: Override | None,
) -> None:
    """Release what the files hold, write it with `write`, and say where; files and release log go together."""
    from corrtest.disclosure import publication, read_policy

    base = read_policy(policy) if policy else None
    opened = [_read(path) for path in given]
    log = _log_for(given, opened, release_log)
    if log is None:
        written = write([_released(each, base, None, override) for each in opened], out)
    else:
        with publication(log, out) as leaving:
            written = write([_released(each, base, leaving, override) for each in opened], leaving.folder)
            written = [out / path.relative_to(leaving.folder) for path in written]
    for path in written:
        show(say("Wrote {path}", path=shown(path)))
    if log is not None:
        place = shown(log.folder)
        show(
            say(
                "Remembered in {place}: keep it with the study, next time it tells what was released before.",
                place=place,
            )
        )


def _read(path: Path) -> AnyResults | Released:
    """Read results, or releases that left before."""
    from corrtest.analysis import Results
    from corrtest.disclosure import is_questionnaire_release, is_releases, read_questionnaire_release, read_releases
    from corrtest.questionnaires import QuestionnaireResults, is_questionnaire_results

    if is_releases(path):
        return read_releases(path)
    if is_questionnaire_release(path):
        return read_questionnaire_release(path)
    return QuestionnaireResults.read(path) if is_questionnaire_results(path) else Results.read(path)


def commitment_for(results: AnyResults, log: Path | None) -> str | None:
    """Return the commitment of the secret that results belong to; None where they protect nobody."""
    from corrtest.disclosure import ReleaseLog, protects_nobody

    return None if log is None or protects_nobody(results) else ReleaseLog.open(log).commitment


def _log_for(given: Sequence[Path], opened: Sequence[AnyResults | Released], folder: Path | None) -> ReleaseLog | None:
    """Return the release log that these results go into, or None where they need none.

    What has left already is only printed again; behind simulated reactions and published data there is nobody to
    protect. No log is started here: a copy of results without their study's secret is refused, and never gets another.
    """
    from corrtest.analysis import Results
    from corrtest.disclosure import ReleaseLog, protects_nobody
    from corrtest.questionnaires import QuestionnaireResults

    fresh = [
        (path, each)
        for path, each in zip(given, opened, strict=True)
        if isinstance(each, Results | QuestionnaireResults)
    ]
    protected = [(path, each) for path, each in fresh if not protects_nobody(each)]
    if not fresh or (folder is None and not protected):
        return None
    if len({each.commitment for _, each in protected}) > 1:
        raise DisclosureError(
            say(
                "These results belong to several studies, each with a release log of its own. Make the report of each "
                "study with --format json, and give the report.json files."
            )
        )
    log = ReleaseLog.existing(folder) if folder else _log_of_study([path for path, _ in protected])
    if log is None:
        raise DisclosureError(
            say(
                "{file} protects employers or workers, and there is no release log of its study here: what left "
                "before would not be known. Analyse and report in the study folder (corrtest new SECTOR makes one), or "
                "name its secret/release_log with --release-log.",
                file=(protected or fresh)[0][0],
            )
        )
    return log


def _log_of_study(results: Sequence[Path]) -> ReleaseLog | None:
    """Return the log that the analysis began: in the study folder of the results, beside them, or where we are."""
    from corrtest.disclosure import ReleaseLog
    from corrtest.spec import StudyFolder, release_log_of

    here = StudyFolder.find()
    places = [*(release_log_of(path) for path in results), *([] if here is None else [here.release_log])]
    return next((log for place in places if (log := ReleaseLog.existing(place)) is not None), None)


def _released(
    each: AnyResults | Released, base: Policy | None, log: Publication | None, override: Override | None
) -> Released:
    from corrtest.analysis import Results
    from corrtest.disclosure import policy_for, release, release_questionnaire
    from corrtest.questionnaires import QuestionnaireResults

    if isinstance(each, QuestionnaireResults):
        return release_questionnaire(each, base, log, override=override)
    return release(each, policy_for(each, base), log, override=override) if isinstance(each, Results) else each
