"""The verb compare: sectors side by side, or two waves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.actions import actions_of
from corrtest.cli.options import Formats, Languages
from corrtest.cli.output import words
from corrtest.cli.places import Places
from corrtest.cli.publishing import LogFolder, OverrideBy, PolicyFile, Reason, allowed, publish
from corrtest.errors import ReportError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.cli.publishing import Released
    from corrtest.disclosure import ReleaseSet


def compare(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULTS...", help="Two results.json or report.json files or more: sectors, or two waves."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="A folder for the files.")],
    language: Languages = "nl,en",
    formats: Formats = "html",
    earlier: Annotated[
        Path | None,
        typer.Option(
            help="Set one RESULTS against published results of before: a table of public counts and how they were "
            "measured."
        ),
    ] = None,
    ranks: Annotated[bool, typer.Option("--ranks", help="Add ranks, with the intervals that they need.")] = False,
    policy: PolicyFile = None,
    release_log: LogFolder = None,
    override_by: OverrideBy = None,
    reason: Reason = None,
) -> None:
    """Set sectors side by side, a follow-up measurement against its baseline, or results against those of before."""
    from corrtest.analysis import read_earlier
    from corrtest.report import write_bridge, write_comparison

    before = None if earlier is None else read_earlier(earlier)
    if before is not None and len(results) != 1:
        raise ReportError(say("--earlier sets one results file against results of before. Give one."))

    acts = actions_of(Places.here())

    def write(given: Sequence[Released], folder: Path) -> list[Path]:
        released = _tests(given)
        if before is not None:
            return write_bridge(released[0], before, folder, words(language), words(formats))
        return write_comparison(
            released, folder, languages=words(language), formats=words(formats), ranks=ranks, actions=acts
        )

    publish(results, out, write, policy, release_log, allowed(override_by, reason))


def _tests(given: Sequence[Released]) -> list[ReleaseSet]:
    """Return the releases of tests and calls; those of questionnaires are refused."""
    from corrtest.disclosure import ReleaseSet

    tests = [each for each in given if isinstance(each, ReleaseSet)]
    if len(tests) < len(given):
        raise ReportError(
            say(
                "A survey says what people tell, and a risk analysis how those who know the sector judge it: other "
                "people answer next time, so a difference is no measured change, and compare sets neither side by "
                "side. Their reports stand apart; corrtest overview shows them next to the tests."
            )
        )
    return tests
