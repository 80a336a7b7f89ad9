"""Telephone numbers and mailboxes of a contact pool: what reaches somebody in Belgium, each in one form.

Two spellings of one number, or two names of one mailbox, would be one contact of two candidates: an employer who gets
both letters of a pair would see it. So a pool is compared in normal form, and documents show numbers in that form.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

__all__ = ["mailbox", "telephone"]

_ADDRESS = re.compile(r"[A-Za-z0-9._{}+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_BLANK = re.compile(r"\{[^{}]*\}")
# How a number begins that can be dialled as it stands; a spreadsheet drops the zero.
_DIALLED = re.compile(r"\s*(?:0|\+|\(0)")
# Providers that read an address without its dots: one mailbox, however it is dotted.
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})


@cache
def _library() -> Any:
    import phonenumbers  # noqa: PLC0415  (loads the plans of all countries; only a pool file needs them)

    return phonenumbers


def telephone(text: str) -> str | None:
    """Return a number as it is written in Belgium ("0470 12 34 56"); None where nobody there is reached by it.

    Numbers that cost the caller more, or belong to no subscriber, are none. Source: the numbering plan of the regulator
    as libphonenumber (Google, Apache-2.0) carries it.

    >>> telephone("+32 (0)470/12.34.56")
    '0470 12 34 56'
    >>> telephone("0900 12 345")
    """
    if not _DIALLED.match(text):
        return None
    library = _library()
    try:
        number = library.parse(text, "BE")
    except library.NumberParseException:
        return None
    kinds = library.PhoneNumberType
    reached = (kinds.FIXED_LINE, kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE)
    if not library.is_valid_number_for_region(number, "BE") or library.number_type(number) not in reached:
        return None
    written: str = library.format_number(number, library.PhoneNumberFormat.NATIONAL)
    return written


def mailbox(text: str, blanks: frozenset[str]) -> tuple[str, str] | None:
    """Return a mail address, or a pattern with some of the `blanks`, as it is written and as mailboxes are compared.

    None where it is neither. Capitals, what follows a plus sign and, at some providers, dots make no other mailbox.

    >>> mailbox("Jan.Claes+werk@GMail.com", frozenset())
    ('jan.claes+werk@gmail.com', 'janclaes@gmail.com')
    """
    if not _ADDRESS.fullmatch(text) or text.count("{") != text.count("}"):
        return None
    if not {blank.strip("{}") for blank in _BLANK.findall(text)} <= blanks:
        return None
    written = text.lower()
    local, domain = written.split("@")
    local = local.split("+")[0]
    return written, f"{local.replace('.', '') if domain in _DOTLESS else local}@{domain}"
