"""The verb conformity: where a study, or its results, depart from a profile or from the measurement before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json
from corrtest.cli.places import Places
from corrtest.errors import CheckFailed, CorrtestError, nearest
from corrtest.language import current, say, say_n

if TYPE_CHECKING:
    from corrtest.spec import Profile


def conformity(
    given: Annotated[
        Path | None,
        typer.Argument(
            metavar="[STUDY|RESULTS]",
            help="A study file or its folder, a results.json or a report.json; else this folder's study.",
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Which profile, as 2026; else the one that the study names.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help="Hold it against this measurement instead: its study file, folder or results."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List each departure of a study or its results from a profile; exit code 1 when there are any."""
    from corrtest.pages import catalogue
    from corrtest.report import departure_rows, profile_name
    from corrtest.spec import departures, profile_of

    if profile is not None and baseline is not None:
        raise CorrtestError(say("--profile and --baseline are two things to hold a study against. Leave out one."))
    described = _described(given)
    against = (
        profile_of(_described(baseline)) if baseline is not None else _profile(profile or described.get("profile"))
    )
    found = departures(described, against)
    words = catalogue(current())
    named = against.name if baseline is not None else profile_name(against, words)
    if as_json:
        show_json(
            {
                "study": described.get("name"),
                "profile": against.name,
                "version": against.version if baseline is None else None,
                "conforms": not found,
                "departures": [each.to_dict() for each in found],
            }
        )
    elif found:
        show(named)
        for what, given_there, wanted, source, _ in departure_rows(found, words):
            show(f"- {what}: {given_there}")
            show(say("  the profile says: {wanted} ({source})", wanted=wanted, source=source))
        assumed = [each for each in found if each.assumption]
        if assumed:
            rows = departure_rows(assumed, words)
            show(say("Assumptions, which no public source states: {rules}.", rules=", ".join(row[0] for row in rows)))
    if found:
        raise CheckFailed(
            say_n(
                "{name} departs from {profile} in {count} thing.",
                "{name} departs from {profile} in {count} things.",
                len(found),
                name=described.get("name") or "?",
                profile=against.name,
            )
        )
    if not as_json:
        show(say("{name} conforms to {profile}.", name=described.get("name") or "?", profile=named))


def _profile(name: str | None) -> Profile:
    from corrtest.spec import profile, profile_names

    known = profile_names()
    if name is None:
        raise CorrtestError(
            say(
                "The study names no profile. Choose one with --profile: {known}. "
                'Or write profile = "{newest}" under [study].',
                known=", ".join(known),
                newest=known[-1],
            )
        )
    if name not in known:
        raise CorrtestError(say("There is no profile '{name}'. {nearest}", name=name, nearest=nearest(name, known)))
    return profile(name)


def _described(given: Path | None) -> dict[str, Any]:
    """Return what a study file or results say of their study, with the tests that results reached in each cell."""
    from corrtest.spec import read_study

    if given is None or given.is_dir() or given.suffix != ".json":
        return read_study(Places.around(given).study(given)).description()
    from corrtest.analysis import Results
    from corrtest.disclosure import is_releases, read_releases

    opened = read_releases(given) if is_releases(given) else Results.read(given)
    if not opened.study:
        raise CorrtestError(
            say("{file} comes without a study file, so nothing is known of how it was measured.", file=given.name)
        )
    cells = {
        (each.joint_committee, each.criterion): each.pairs
        for each in (opened.groups if isinstance(opened, Results) else opened.releases)
        if each.joint_committee and each.criterion and each.level is None and not any(each.extra.values())
    }
    return dict(opened.study) | {"reached": [pairs for pairs in cells.values() if pairs is not None]}
