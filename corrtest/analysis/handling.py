"""Who may see a figure: nothing that the analysis gives has passed the disclosure gate, and each output says so."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from corrtest.language import mark, say

Handling = Literal["internal", "simulated"]

# The field of every JSON output, and what it means in a sentence. A table does not tell whether somebody published it,
# so that figures of published data are called internal as well; simulated ones are nobody's.
SENTENCES: dict[Handling, str] = {
    "internal": mark("Internal: not through the disclosure gate; do not pass on."),
    "simulated": mark("Simulated reactions, no measurement."),
}


def handling(*, simulated: bool = False) -> Handling:
    """Return who may see figures of real or of simulated reactions."""
    return "simulated" if simulated else "internal"


def handling_sentence(*, simulated: bool = False) -> str:
    """Return the sentence that every output of the analysis carries, in the user's language."""
    return say(SENTENCES[handling(simulated=simulated)])


def as_html(frame: pd.DataFrame, *, head: str = "", simulated: bool = False) -> str:
    """Return a table as notebooks show it, under `head` and the sentence that says who may see it."""
    table = frame.to_html(index=False, na_rep="–", float_format="{:.4f}".format, border=0)
    return f"<p><b>{handling_sentence(simulated=simulated)}</b></p>{head}{table}"
