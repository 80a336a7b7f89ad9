"""What a verb for correspondence tests says to a study of another instrument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from corrtest.errors import DesignError
from corrtest.language import mark, say

if TYPE_CHECKING:
    from corrtest.spec import Study

# What takes a verb's place where firms are called.
_INSTEAD: Mapping[str, str] = {
    "prereg": mark(
        "Deposit study.toml and plan/: they fix firms, wishes, answers and standard before the first call, and the "
        "report quotes the plan's SHA-256. What the calls can show: corrtest power."
    ),
    "amend": mark(
        "Firms are drawn once from their list, and none comes in during a wave. Put firms that are new into frame/ for "
        "the next wave, with the same panel_seed: they enter with their proper chance."
    ),
    "preview": mark("Read the scripts and call sheets that corrtest render writes."),
    "power-of-change": mark(
        "Call the same firms in the next wave, by the same panel_seed; how precise one wave is: corrtest power."
    ),
}


def needs_pairs(study: Study, verb: str) -> None:
    """Refuse a study that calls firms, and say what takes the place of `verb`: it has no pairs."""
    if study.client_calls is not None:
        raise DesignError(
            say(
                "corrtest {verb} is for correspondence tests; '{study}' calls firms and has no pairs. {instead}",
                verb=verb,
                study=study.name,
                instead=say(_INSTEAD[verb]),
            )
        )
