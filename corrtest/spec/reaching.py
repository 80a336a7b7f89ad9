"""The words for reaching an employer by telephone or through a portal: attempts, what was answered, stages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

# What an attempt must have come to before an answer can have been heard, and the stage that is the application.
SPOKEN, CALL_BACK, LAST_STAGE = "spoken", "call_back", "sent"


@cache
def _declared() -> Mapping[str, Any]:
    return tomllib.loads(files("corrtest.spec").joinpath("reaching.toml").read_text(encoding="utf-8"))


def call_outcomes() -> tuple[str, ...]:
    """Return the words for how one attempt to call ended."""
    return tuple(_declared()["outcomes"])


def portal_stages() -> tuple[str, ...]:
    """Return the stages of an application through a portal, in their order."""
    return tuple(_declared()["stages"])


def heard_answers() -> Mapping[str, str]:
    """Return answer on the telephone → the reaction that it counts as."""
    return {name: str(about["reaction"]) for name, about in _declared()["answer"].items()}


def reaching_labels(language: str) -> Mapping[str, str]:
    """Return each of these words → what a person who speaks this language reads for it."""
    kinds = ("outcome", "stage", "answer")
    return {
        name: str(about["label"].get(language, about["label"]["en"]))
        for kind in kinds
        for name, about in _declared()[kind].items()
    }
