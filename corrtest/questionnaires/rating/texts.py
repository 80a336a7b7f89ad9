"""The texts of the rating questionnaire, from `rating.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

# What is asked of each kind of item, in this order.
ASKED = {
    "name": ("origin", "gender", "age", "class", "credibility"),
    "sentence": ("meaning", "class", "credibility"),
}
# Which answers are numbers; the others are choices.
NUMBERS = ("age", "class", "credibility")


@cache
def texts() -> dict[str, Any]:
    """Return the texts."""
    return tomllib.loads(files("corrtest.questionnaires").joinpath("rating", "rating.toml").read_text(encoding="utf-8"))
