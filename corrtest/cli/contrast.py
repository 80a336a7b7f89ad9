"""The verb that compares measurements in numbers: contrast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.options import AsJson, ConfidenceLevel, SentenceLanguage
from corrtest.cli.output import show, show_figures, show_internal, show_json, words
from corrtest.cli.places import Places
from corrtest.errors import AnalysisError
from corrtest.language import say, spoken

if TYPE_CHECKING:
    from corrtest.analysis import Comparisons

_SHOWN = (
    "first_ratio",
    "second_ratio",
    "ratio_of_ratios",
    "lower",
    "upper",
    "pvalue",
    "pvalue_adjusted",
    "difference_of_differences",
    "difference_pvalue",
)

_RESULTS = "results"


def contrast(
    measurements: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FIRST] [SECOND...]",
            help="results.json files; or two pairs tables, to keep employers of both waves together; else the study "
            "folder's results, against the literature.",
        ),
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="Compare one results.json with the published Belgian experiments.")
    ] = False,
    across_sectors: Annotated[
        bool, typer.Option("--across-sectors", help="The measurements are of different sectors, not of two waves.")
    ] = False,
    by_channel: Annotated[
        bool, typer.Option("--by-channel", help="Compare the channels of one pairs table: e-mail, portal, telephone.")
    ] = False,
    labels: Annotated[str | None, typer.Option(help="What to call each, by commas; else the file names.")] = None,
    confidence_level: ConfidenceLevel = 0.95,
    language: SentenceLanguage = "",
    out: Annotated[Path | None, typer.Option("--out", help="Also write the comparison as JSON.")] = None,
    as_json: AsJson = False,
) -> None:
    """Test whether two measurements differ: a follow-up and its baseline, two sectors, a sector and the literature.

    Prints the quotient of the discrimination ratios and the difference of the differences, each with a test, and a
    sentence for every group. For the report of released figures use corrtest compare.
    """
    paths = measurements or [Places.here().results(None)]
    published = published or not (measurements or by_channel)
    names = list(words(labels)) or _labels(paths)
    if len(names) != len(paths):
        raise AnalysisError(
            say(
                "There are {count} measurements and {names} --labels. Give one each.",
                count=len(paths),
                names=len(names),
            )
        )
    if by_channel:
        found = _channels(paths, confidence_level)
    else:
        found = _compared(paths, names, published, across_sectors, confidence_level)
    if out is not None:
        found.write(out)
    if as_json:
        show_json(found.to_dict())
        return
    show_internal()
    frame = found.to_frame()
    keys = [name for name in found.comparisons[0].key if frame[name].notna().any()]
    frame = frame[[*keys, "first", "second", *_SHOWN]]
    shown = frame.astype(dict.fromkeys(_SHOWN, float)).fillna(dict.fromkeys(keys, "")).dropna(axis=1, how="all")
    show_figures(say("Second / first (above 1 = treated stand better in the second)"), shown)
    for comparison in found.comparisons:
        key = ", ".join(str(value) for value in comparison.key.values() if value is not None)
        show(f"{key}: {comparison.summary(language)}")
    for note in found.notes:
        show(f"* {spoken(note)}")


def _labels(paths: list[Path]) -> list[str]:
    """Return a name for each measurement: its file's, or its study folder's where files are called alike."""
    stems = [path.stem for path in paths]
    if len(set(stems)) == len(stems):
        return stems
    return [path.resolve().parts[-3 if path.resolve().parent.name == _RESULTS else -2] for path in paths]


def _channels(paths: list[Path], confidence_level: float) -> Comparisons:
    from corrtest import analysis

    if len(paths) != 1 or paths[0].suffix.lower() == ".json":
        raise AnalysisError(say("--by-channel takes one pairs table, as corrtest register export writes it."))
    return analysis.compare_channels(analysis.read_pairs(paths[0]), confidence_level=confidence_level)


def _compared(
    paths: list[Path], names: list[str], published: bool, across_sectors: bool, confidence_level: float
) -> Comparisons:
    from corrtest import analysis

    of_results = [path.suffix.lower() == ".json" for path in paths]
    if published:
        if len(paths) != 1 or not of_results[0]:
            raise AnalysisError(say("--published takes one results.json, as corrtest analyse writes it."))
        return analysis.compare_with_published(analysis.Results.read(paths[0]), confidence_level=confidence_level)
    if len(paths) < 2:
        raise AnalysisError(say("Name two measurements, or add --published to compare one with the literature."))
    if all(of_results):
        return analysis.compare_results(
            [analysis.Results.read(path) for path in paths],
            names,
            across_sectors=across_sectors,
            confidence_level=confidence_level,
        )
    if any(of_results) or len(paths) != 2 or across_sectors:
        raise AnalysisError(say("Compare results.json files with each other, or two pairs tables of one sector."))
    return analysis.compare_waves(
        analysis.read_pairs(paths[0]),
        analysis.read_pairs(paths[1]),
        labels=(names[0], names[1]),
        confidence_level=confidence_level,
    )
