from __future__ import annotations

import pytest

from corrtest.generator import ContactPool, draw_pair
from corrtest.generator.contacts import Address, in_zone
from corrtest.spec import postal_codes
from tests.generator.pairs import make_pair


@pytest.mark.parametrize(
    ("phone", "postal_code", "fits"),
    [
        ("0470 12 34 56", "8000", True),
        ("+32 470 12 34 56", "8000", True),
        ("050 33 44 55", "8000", True),
        ("+32 (0)50 33 44 55", "8000", True),
        ("0032 50 33 44 55", "9000", False),
        ("02 512 34 56", "1000", True),
        ("02 512 34 56", "2000", False),
        ("03 233 44 55", "2000", True),
        ("015 20 30 40", "2800", True),
        ("016 20 30 40", "3500", False),
    ],
)
def test_a_landline_belongs_to_its_zone(phone: str, postal_code: str, fits: bool) -> None:
    assert in_zone(phone, postal_code) is fits


def test_every_flemish_and_brussels_postal_code_has_a_zone() -> None:
    prefixes = ("02", "03", "09", *(f"0{number:02d}" for number in range(10, 90)))
    codes = [code for code in postal_codes().index if not 1300 <= int(code) <= 1499]
    assert not [code for code in codes if not any(in_zone(f"{each} 22 33 44", code) for each in prefixes)]


def test_applicants_have_numbers_of_where_they_live() -> None:
    pool = ContactPool(
        phones=("050 33 44 55", "09 223 45 67", "09 223 98 76", "0470 12 34 56"),
        mailboxes=("{first}.{last}@ourdomain.be",),
        addresses=tuple(Address(street=f"Molenstraat {n}", postal_code="9000", town="Gent") for n in (501, 502, 503)),
    )
    for number in range(20):
        for person in draw_pair(1, make_pair(number, postal_code="9000"), contacts=pool):
            assert person.document["basics"]["phone"] != "050 33 44 55"
