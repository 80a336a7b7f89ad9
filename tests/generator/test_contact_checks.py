"""Numbers and mailboxes of a pool: reached in Belgium, one form each."""

from __future__ import annotations

import pytest

from corrtest.generator.contact_checks import mailbox, telephone


@pytest.mark.parametrize(
    "text", ["0470 12 34 56", "0470/12.34.56", "+32470123456", "0032 470 12 34 56", "+32 (0)470 12 34 56", "0470123456"]
)
def test_one_number_has_one_form(text: str) -> None:
    assert telephone(text) == "0470 12 34 56"


@pytest.mark.parametrize(
    "text",
    ["", "470123456", "0470 12 34 5", "0470 12 34 567", "112", "0900 12 345", "078 15 15 15", "+31 6 12345678", "x"],
)
def test_what_nobody_in_belgium_is_reached_by(text: str) -> None:
    assert telephone(text) is None


def test_one_mailbox_has_one_form() -> None:
    forms = {mailbox(text, frozenset()) for text in ("an.peeters@gmail.com", "AnPeeters+1@Gmail.com")}
    assert {form[1] for form in forms if form is not None} == {"anpeeters@gmail.com"}
    assert mailbox("{first}.{last}@x.be", frozenset({"first", "last"})) == ("{first}.{last}@x.be",) * 2
    for wrong in ("jan", "jan@", "jan@x", "{naam}@x.be", "{first@x.be"):
        assert mailbox(wrong, frozenset({"first"})) is None
