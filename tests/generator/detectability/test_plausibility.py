from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from corrtest.generator import draw_pair
from corrtest.generator.contacts import Address, ContactPool
from corrtest.generator.detectability.plausibility import oddities, twin_oddities
from corrtest.generator.personas import Persona
from tests.generator.pairs import make_pair

POOL = ContactPool(
    phones=("0470 11 22 33", "0484 45 56 67", "0493 10 20 30"),
    mailboxes=("{first}.{last}{year}@gmail.com", "{first}{last}@telenet.be"),
    addresses=tuple(Address(street=f"{name} 12", postal_code="2800", town="Mechelen") for name in ("Dijk", "Vest")),
)
PAIR = make_pair()


def persona() -> Persona:
    return draw_pair(4, PAIR, contacts=POOL)[0]


@pytest.mark.parametrize("pool", [None, POOL])
def test_what_the_generator_draws_is_plausible(pool: ContactPool | None) -> None:
    for number in range(30):
        pair = make_pair(number)
        both = draw_pair(4, pair, contacts=pool)
        assert [list(oddities(pair, each)) for each in both] == [[], []]
        assert list(twin_oddities(both[0].document["basics"], both[1].document["basics"])) == []


def changed(path: str, value: Any) -> Persona:
    person = persona()
    document: Any = copy.deepcopy(person.document)
    *within, last = path.split(".")
    place = document
    for key in within:
        place = place[int(key) if key.isdigit() else key]
    place[last] = value
    return replace(person, document=document)


@pytest.mark.parametrize(
    ("path", "value", "name"),
    [
        ("work.0.startDate", "2019-13", "job_dates"),
        ("work.1.endDate", "1999-01", "job_dates"),
        ("work.1.startDate", "1960-01", "job_as_a_child"),
        ("education.0.startDate", "2031-09", "school_dates"),
        ("basics.location.address", "Kerkstraat", "house_number"),
        ("basics.location.address", "Kerkstraat 4012", "house_number"),
        ("basics.location.postalCode", "0800", "postal_code"),
        ("basics.location.postalCode", "9000", "town_of_postal_code"),
        ("basics.email", "jan.vermeulen@voorbeeld.example", "specimen_mailbox"),
        ("basics.email", "iemand.anders@gmail.com", "name_in_mailbox"),
        ("basics.phone", "0470 11 22", "telephone_number"),
    ],
)
def test_each_oddity_is_found(path: str, value: str, name: str) -> None:
    assert name in set(oddities(PAIR, changed(path, value)))


def test_a_year_in_the_mailbox_is_the_birth_year() -> None:
    person = persona()
    year, name = person.born.year, f"{person.given}.{person.family}".lower().replace(" ", "")
    for written, odd in (
        (year, False),
        (f"{year % 100:02d}", False),
        (year - 1, True),
        (f"{(year + 1) % 100:02d}", True),
    ):
        each = changed("basics.email", f"{name}{written}@gmail.com")
        assert ("year_in_mailbox" in set(oddities(PAIR, each))) == odd


def test_ages_and_moments_must_be_possible() -> None:
    person = persona()
    for years, odd in ((12, True), (30, False), (80, True)):
        born = person.born.replace(year=PAIR.send_first_on.year - years)
        assert ("age" in set(oddities(PAIR, replace(person, born=born)))) == odd
    late = replace(person, written=person.written + timedelta(days=9))
    assert "written_after_sent" in set(oddities(PAIR, late))


def test_two_numbers_of_one_block_and_one_street_are_odd() -> None:
    one = persona().document["basics"]
    other = {**one, "phone": "0470 11 22 87", "location": {**one["location"], "address": "Dijk 14"}}
    same = {**one, "phone": "0470 11 22 33", "location": {**one["location"], "address": "Dijk 12"}}
    assert set(twin_oddities(same, other)) == {"telephone_numbers_of_one_block", "same_street"}
    assert list(twin_oddities(same, {**other, "phone": "0484 99 22 33", "location": {"address": "Vest 3"}})) == []
