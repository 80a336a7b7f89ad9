"""The verb overview: all sectors, for the guidance group; one page for the government, one for the public."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.options import Formats, Languages
from corrtest.cli.output import show, warn, words
from corrtest.cli.places import shown
from corrtest.cli.standings import standing_in
from corrtest.errors import InputError, nearest
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.disclosure import QuestionnaireRelease, ReleaseSet
    from corrtest.report import Tier
    from corrtest.spec import Standing

_LOG = Path("secret") / "overview_log"


def overview(
    studies: Annotated[
        list[Path],
        typer.Argument(
            metavar="STUDY...",
            help="Study folders, report.json files (of sectors that withhold too) and files of status --save.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="A folder for the files.")],
    withhold: Annotated[
        Path | None,
        typer.Option("--withhold", help="A table with a column sector: those that keep their results to themselves."),
    ] = None,
    lift: Annotated[
        list[str] | None,
        typer.Option("--lift", metavar="SECTOR", help="A sector that withheld, and no longer does; may be repeated."),
    ] = None,
    tier: Annotated[
        str, typer.Option("--tier", help="For whom, separated by commas: government, public.")
    ] = "government,public",
    language: Languages = "nl,en",
    formats: Formats = "html,xlsx",
    log: Annotated[
        Path,
        typer.Option("--log", help="The folder that remembers what earlier overviews showed; it stays secret."),
    ] = _LOG,
) -> None:
    """Set all sectors side by side: who stands where, and their results; no ranking, nothing of those that withhold."""
    from corrtest.disclosure import OverviewLog, side_by_side
    from corrtest.report import write_overview

    tiers = _tiers(tier)
    sets, asked, standings = _read(studies)
    memory = OverviewLog.open(log)
    wanted = sorted(({*memory.withheld(), *_withheld(withhold)}) - set(lift or ()))
    measured = {str(study.get("sector")) for study in [*(each.study for each in sets), *(each.study for each in asked)]}
    side = side_by_side(
        sets,
        wanted,
        asked=asked,
        unmeasured={each.sector for each in standings} - measured,
        earlier=memory.earlier(),
    )
    if side.told:
        warn(
            say(
                "An earlier overview showed the figures of {sectors}: they cannot be taken back. They are left out "
                "from now on.",
                sectors=", ".join(side.told),
            )
        )
    with memory.publication(side, out) as folder:
        written = write_overview(side, standings, folder, words(language), words(formats), tiers)
    for path in written:
        show(say("Wrote {path}", path=shown(out / path.name)))
    show(
        say(
            "Remembered in {place}: keep it, it tells the next overview what this one showed and who withholds.",
            place=shown(log),
        )
    )


def _tiers(text: str) -> tuple[Tier, ...]:
    from corrtest.report import TIERS

    given = words(text)
    for name in given:
        if name not in TIERS:
            raise InputError(
                say(
                    "There is no overview for '{name}'. {nearest}",
                    name=name,
                    nearest=nearest(name, [str(t) for t in TIERS]),
                )
            )
    return tuple(tier for tier in TIERS if tier in given)


def _read(studies: Sequence[Path]) -> tuple[list[ReleaseSet], list[QuestionnaireRelease], list[Standing]]:
    """Return the releases, those of questionnaires apart, and where each study stands; a folder may have all."""
    from corrtest.disclosure import is_questionnaire_release, read_questionnaire_release, read_releases
    from corrtest.spec import StudyFolder, is_standing, read_standing

    sets: list[ReleaseSet] = []
    asked: list[QuestionnaireRelease] = []
    standings: list[Standing] = []
    files: list[Path] = []
    for path in studies:
        if not path.is_dir():
            if is_standing(path):
                standings.append(read_standing(path))
            else:
                files.append(path)
            continue
        folder = StudyFolder.find(path)
        if folder is None:
            raise InputError(
                say("{path} is no study folder. Name study folders, report.json files and files of status.", path=path)
            )
        standings.append(standing_in(folder))
        files += _releases_in(folder.report)
    for file in files:
        if is_questionnaire_release(file):
            asked.append(read_questionnaire_release(file))
        else:
            sets.append(read_releases(file))
    return sets, asked, standings


def _releases_in(report: Path) -> list[Path]:
    """Return the file of releases in a report folder, marked as simulated or not."""
    names: tuple[Any, ...] = ("report.json", "SIMULATED_report.json")
    return [report / name for name in names if (report / name).is_file()]


def _withheld(path: Path | None) -> set[str]:
    from corrtest.spec import read_table, require_columns

    if path is None:
        return set()
    table = read_table(path)
    require_columns(table, ("sector",))
    return {str(sector) for sector in table["sector"] if str(sector)}
