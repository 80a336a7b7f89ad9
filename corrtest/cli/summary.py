"""The verb summary: results in words."""

from __future__ import annotations

from corrtest.cli.options import ResultsFile, SentenceLanguage
from corrtest.cli.output import show
from corrtest.cli.places import Places


def summary(results: ResultsFile = None, language: SentenceLanguage = "") -> None:
    """Print each criterion's result in words. It is internal: what may leave is what corrtest report writes."""
    from corrtest.analysis import Results, channel_summary, results_summary

    read = Results.read(Places.here().results(results))
    show(results_summary(read, language))
    by_channel = channel_summary(read, language)
    if by_channel:
        show(by_channel)
