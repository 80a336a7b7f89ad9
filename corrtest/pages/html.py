"""A document as one self-contained HTML page: no script, no other file, readable on a phone and on paper."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from corrtest.pages.catalogue import words_of
from corrtest.pages.content import Document


def html_page(document: Document) -> str:
    """Return the page."""
    words = words_of(document.language)
    template = _environment().get_template("page.html.jinja")
    return template.render(document=document, words=words, svg=Markup)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("corrtest.pages"),
        autoescape=select_autoescape(["html", "jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
