"""Whether channels differ, in words: the same sentence in the analysis and in the report."""

from __future__ import annotations

from corrtest.analysis.comparing import NOT_DRAWN, ChannelTest, channel_tests
from corrtest.analysis.preregistered import primary_outcome
from corrtest.analysis.results import Results
from corrtest.analysis.sentences import sentence_words, written_pvalue
from corrtest.pages import Catalogue

__all__ = ["channel_sentence", "channel_summary"]


def channel_summary(results: Results, language: str = "en") -> str:
    """Return for each criterion whether channels differ on the primary outcome; nothing where none were told apart."""
    words = sentence_words(language)
    outcome = primary_outcome([group.outcome for group in results.groups], results.study)
    return "\n".join(
        words.text(
            "{name}: {text}", name=words.title("criterion", found.criterion), text=channel_sentence(found, words)
        )
        for found in channel_tests(results.groups, outcome)
    )


def channel_sentence(found: ChannelTest, words: Catalogue) -> str:
    """Return whether the ratio differs between the channels, and that the study did not draw the channel."""
    if found.pvalue is None:
        return words.text(
            "Whether the ratio differs by channel cannot be tested here: fewer than two channels have a ratio with an "
            "interval."
        )
    level = 1 - found.confidence_level
    facts = {
        "channels": words.several([words.name("channel", name) for name in found.channels]),
        "tested": written_pvalue(found.pvalue, None, level, words),
    }
    if found.pvalue <= level:
        said = words.text("The ratio differs between {channels} beyond what chance explains ({tested}).", **facts)
    else:
        said = words.text("These data do not settle whether the ratio differs between {channels} ({tested}).", **facts)
    return f"{said} {words.text(NOT_DRAWN)}"
