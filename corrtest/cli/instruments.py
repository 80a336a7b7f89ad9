"""What a verb for correspondence tests says to a study of another instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corrtest.errors import DesignError
from corrtest.language import say

if TYPE_CHECKING:
    from corrtest.spec import Study


def needs_pairs(study: Study, verb: str) -> None:
    """Refuse a study that calls firms: it has no pairs or applications that `verb` could work with."""
    if study.client_calls is not None:
        raise DesignError(
            say(
                "corrtest {verb} is for correspondence tests; '{study}' calls firms and has no pairs. What is next for "
                "it: corrtest status",
                verb=verb,
                study=study.name,
            )
        )
