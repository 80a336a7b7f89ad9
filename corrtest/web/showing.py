"""Pages made from templates, in the language of who reads them."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from corrtest.language import current, mark, say, say_n
from corrtest.register import is_word, word

# What tables and lists call by a key: columns and roles.
_NAMES = {
    "joint_committee": mark("joint committee"),
    "criterion": mark("criterion"),
    "went_out": mark("went out"),
    "pairs_received": mark("pairs received"),
    "employers": mark("employers"),
    "at_their_cap": mark("at their cap"),
    "reaction": mark("reaction"),
    "applications": mark("applications"),
    "mail_domain": mark("mail domain"),
    "telephone": mark("telephone"),
    "address": mark("address"),
    "coordinator": mark("coordinator"),
    "partner": mark("partner"),
    "coder": mark("coder"),
    "analyst": mark("analyst"),
    "auditor": mark("auditor"),
}


def words_of(key: object) -> str:
    """Return what a table holds, in words where it is a key."""
    text = str(key)
    if text in _NAMES:
        return say(_NAMES[text])
    return word(text) if is_word(text) else text


@cache
def environment() -> Environment:
    """Return what makes pages of the templates: everything that is filled in is escaped."""
    made = Environment(
        loader=PackageLoader("corrtest.web"),
        autoescape=select_autoescape(["html", "jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        say=say,
        say_n=say_n,
        word=word,
        words_of=words_of,
        act_key=lambda: secrets.token_urlsafe(16),
        language=current,
    )
    return made


def page(template: str, /, **facts: Any) -> str:
    """Return the page of a template."""
    return environment().get_template(f"{template}.html.jinja").render(**facts)
