"""The verb new: a study folder from a ready design."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.places import shown
from corrtest.errors import StudyError, nearest
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.spec import StudyFolder


def new(
    sector: Annotated[str, typer.Argument(help="Which ready design to start from: construction, hairdressing, …")],
    out: Annotated[Path | None, typer.Option("--out", help="The folder to make; default SECTOR here.")] = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="Draw it up after this profile, as 2026; else the design as of 2021-24."),
    ] = None,
    follow_up: Annotated[
        Path | None,
        typer.Option(
            "--follow-up",
            metavar="BASELINE",
            help="Plan the follow-up of this baseline: its folder or study file. All is as it was measured then.",
        ),
    ] = None,
    from_risks: Annotated[
        Path | None,
        typer.Option(
            "--from-risks",
            metavar="RELEASE",
            help="Measure what a risk analysis says: the report.json of its report. Criteria and committees are those "
            "where recruitment scores high.",
        ),
    ] = None,
    second_ratio: Annotated[
        float | None,
        typer.Option(min=0.05, max=2.0, help="With --follow-up: the ratio that it must tell from the baseline's."),
    ] = None,
) -> None:
    """Make a study folder from a ready design: the study to edit, a sheet for vacancies, and what to do first."""
    from corrtest import spec

    if follow_up is not None:
        if profile is not None:
            raise StudyError(say("A follow-up keeps the profile of its baseline. Leave out --profile."))
        if from_risks is not None:
            raise StudyError(say("A follow-up measures what its baseline measured. Leave out --from-risks."))
        from corrtest.cli.following import make_follow_up

        made = make_follow_up(sector, follow_up, out or Path(f"{sector}-follow-up"), second_ratio)
        _say_made(made)
        return
    if second_ratio is not None:
        raise StudyError(say("--second-ratio goes with --follow-up: the ratio of which measurement?"))
    if profile is not None and profile not in spec.profile_names():
        raise StudyError(
            say("There is no profile '{name}'. {nearest}", name=profile, nearest=nearest(profile, spec.profile_names()))
        )
    chosen = None if profile is None else spec.profile(profile)
    if from_risks is None:
        made = spec.make_study_folder(sector, out or Path(sector), chosen)
    else:
        from corrtest.cli.from_risks import make_from_risks

        made = make_from_risks(sector, from_risks, out or Path(f"{sector}-measurement"), chosen)
    if chosen is not None and sector in chosen.refused:
        show(say("! By the press, the federation of this sector did not accept the tests of {name}.", name=profile))
    _say_made(made)


def _say_made(made: StudyFolder) -> None:
    if made.frame.is_dir():
        show(say("Made {root}: edit its study.toml, put the list of firms in its folder frame.", root=shown(made.root)))
    elif made.questionnaire.is_dir():
        show(
            say(
                "Made {root}: edit its study.toml; the form and the answers go in its folder questionnaire.",
                root=shown(made.root),
            )
        )
    else:
        show(say("Made {root}: edit its study.toml, put the vacancies in its folder vacancies.", root=shown(made.root)))
    show(say("Next: cd {root}, then corrtest status.", root=shown(made.root)))
