"""How signals were rated: names and sentences, by whom they were recognised, and which of them a study uses.

`table` reads the file `ratings/rated.csv` of a study (made by `corrtest questionnaire rated`, or typed from published
ratings), `choice` chooses among the names, `described` says of it what a preregistration and a report print.
"""

from corrtest.spec.ratings.choice import USUAL_OPTIONS, ChosenNames, ChosenOf, SignalOptions, choose_names
from corrtest.spec.ratings.described import described_signals
from corrtest.spec.ratings.table import (
    RATED_COLUMNS,
    RATED_FILE,
    RatedSignal,
    rated_signals,
    rated_text,
)

__all__ = [
    "RATED_COLUMNS",
    "RATED_FILE",
    "USUAL_OPTIONS",
    "ChosenNames",
    "ChosenOf",
    "RatedSignal",
    "SignalOptions",
    "choose_names",
    "described_signals",
    "rated_signals",
    "rated_text",
]
