"""Contact data that can be worked: telephone numbers, mailboxes and addresses come from the study's own pool file.

Nothing that could reach a stranger is ever made up. Without a pool file the numbers and mailboxes are unusable
on their face (mail under the reserved domain ``.example``, RFC 2606) and every document is marked as a specimen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from corrtest.errors import Fault, GeneratorError, InputError
from corrtest.generator.contact_checks import mailbox, telephone
from corrtest.generator.names import plain
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import streets, town_names
from corrtest.generator.wording import Draws
from corrtest.language import say
from corrtest.spec import postal_codes, read_table, require_columns, require_text

__all__ = ["Contact", "ContactPool", "in_zone", "read_contact_pool"]

SPECIMEN_PHONE = "0400 00 00 {:02d}"
SPECIMEN_DOMAIN = "voorbeeld.example"
# How many of the nearest postal codes or addresses a persona may live at.
NEIGHBOURS = 8
_KINDS = ("phone", "mailbox", "address")
_BLANKS = frozenset({"first", "last", "year"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How an employer can reach one persona."""

    phone: str
    email: str
    street: str
    postal_code: str
    town: str
    specimen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A street with a house number, a postal code and a town."""

    street: str
    postal_code: str
    town: str


@cache
def _towns() -> tuple[tuple[int, str, str, str], ...]:
    table = postal_codes()
    # "Kapellen (Antw.)": the part between brackets tells lists apart, nobody writes it in an address.
    names = table["municipality_nl"].str.replace(r" \(.*\)$", "", regex=True)
    rows = zip(table.index, names, table["province"], strict=True)
    return tuple(sorted((int(code), code, town, province) for code, town, province in rows))


@cache
def _municipalities() -> dict[str, str]:
    return {code: town for _, code, town, _ in _towns()}


def _named(town: str, language: str) -> str:
    """Return a town's name in a language."""
    return town_names(language).get(town, town)


@cache
def _near(postal_code: str, language: str) -> tuple[tuple[str, str], ...]:
    """Return (postal code, municipality) of the nearest other municipalities of the same province."""
    known = {code: (town, province) for _, code, town, province in _towns()}
    own_town, own_province = known.get(postal_code, ("", ""))
    number = int(postal_code)
    seen: dict[str, tuple[int, str]] = {}
    for value, code, town, province in _towns():
        if province == own_province and town != own_town:
            distance = abs(value - number)
            if town not in seen or distance < seen[town][0]:
                seen[town] = (distance, code)
    nearest_towns = sorted((distance, code, town) for town, (distance, code) in seen.items())[:NEIGHBOURS]
    found = [(code, town) for _, code, town in nearest_towns] or [(postal_code, own_town or postal_code)] * 2
    return tuple((code, _named(town, language)) for code, town in found)


@lru_cache(maxsize=4096)
def _local_part(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", plain(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPool:
    """The study's telephone numbers, mailboxes (fixed, or patterns with {first} {last} {year}) and addresses."""

    phones: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()

    @classmethod
    def specimen(cls) -> ContactPool:
        """Return the pool of a study that has none: nothing in it can be used."""
        return cls()

    @property
    def is_specimen(self) -> bool:
        """Whether the documents made with this pool are specimens."""
        return not self.phones

    def town_of(self, postal_code: str, language: str) -> str:
        """Return the municipality of a postal code, or the code itself outside Flanders and Brussels."""
        return _named(_municipalities().get(postal_code, postal_code), language)

    def towns(self, draws: Draws, postal_code: str, language: str) -> list[tuple[str, str]]:
        """Draw two different places of residence at about the same distance from a vacancy."""
        near = _near(postal_code, language)
        first = draws.index(len(near) - 1)
        pair = [near[first], near[first + 1]]
        return pair if draws.uniform() < 0.5 else pair[::-1]

    def home(self, draws: Draws, places: Sequence[str], language: str) -> tuple[str, str] | None:
        """Draw a place of residence among those of a signal ("2140 Borgerhout"); None where there are none."""
        if not places:
            return None
        code, _, town = draws.pick(places).partition(" ")
        return code, _named(town, language)

    def nearby(self, draws: Draws, postal_code: str, language: str) -> str:
        """Draw a municipality near a postal code, for an earlier employer."""
        return draws.pick(_near(postal_code, language))[1]

    def draw(
        self,
        draws: Draws,
        given: str,
        family: str,
        born: int,
        home: tuple[str, str],
        taken: set[str],
        language: str = "nl",
        pools: Pools = SHIPPED_POOLS,
    ) -> Contact:
        """Draw contact data of which nothing is in `taken` (what other personas showed the same employer)."""
        if self.is_specimen:
            contact = self._specimen(draws, given, family, home, taken, streets(language, pools))
        else:
            address = self._address(draws, home, taken)
            contact = Contact(
                phone=_free(draws, _within_reach(self.phones, address.postal_code), taken, "telephone numbers"),
                email=_free(draws, self._written_mailboxes(given, family, born), taken, "mailboxes"),
                street=address.street,
                postal_code=address.postal_code,
                town=address.town,
                specimen=False,
            )
        taken.update((contact.phone, contact.email, contact.street))
        return contact

    def _written_mailboxes(self, given: str, family: str, born: int) -> list[str]:
        words = {"first": _local_part(given), "last": _local_part(family), "year": f"{born % 100:02d}"}
        return [mailbox.format_map(words) if "{" in mailbox else mailbox for mailbox in self.mailboxes]

    def _address(self, draws: Draws, home: tuple[str, str], taken: set[str]) -> Address:
        free = [each for each in self.addresses if each.street not in taken]
        if not free:
            raise _exhausted("addresses", len(self.addresses))
        nearest = sorted(free, key=lambda each: (abs(int(each.postal_code) - int(home[0])), each.street))
        return draws.pick(nearest[:NEIGHBOURS])

    def _specimen(
        self, draws: Draws, given: str, family: str, home: tuple[str, str], taken: set[str], known: Sequence[str]
    ) -> Contact:
        for _ in range(400):
            contact = Contact(
                phone=SPECIMEN_PHONE.format(draws.index(100)),
                email=f"{_local_part(given)}.{_local_part(family)}@{SPECIMEN_DOMAIN}",
                street=f"{draws.pick(known)} {401 + draws.index(499)}",
                postal_code=home[0],
                town=home[1],
                specimen=True,
            )
            if not any(each in taken for each in (contact.phone, contact.email, contact.street)):
                return contact
        raise _exhausted(say("specimen contact data"), 100)


@cache
def _zones() -> tuple[tuple[str, int, int], ...]:
    """Return (prefix, first and last postal code) of the zones of landline numbers, the longest prefixes first."""
    rows = SHIPPED_POOLS.rows("telephone_zones.csv")
    found = ((row["prefix"], int(row["first"]), int(row["last"])) for row in rows)
    return tuple(sorted(found, key=lambda zone: -len(zone[0])))


@lru_cache(maxsize=4096)
def in_zone(phone: str, postal_code: str) -> bool:
    """Tell whether someone who lives at a postal code may have a number: any mobile one, or a landline of the zone.

    >>> in_zone("0470 12 34 56", "9000"), in_zone("09 223 45 67", "9000"), in_zone("050 33 44 55", "9000")
    (True, True, False)
    """
    digits = re.sub(r"^(\+32|0032)\(?0?\)?", "0", re.sub(r"[^\d+()]", "", phone))
    of_prefix = [zone for zone in _zones() if digits.startswith(zone[0])]
    if digits.startswith("04") or not of_prefix:
        return True
    longest = len(of_prefix[0][0])
    return any(first <= int(postal_code) <= last for prefix, first, last in of_prefix if len(prefix) == longest)


def _within_reach(phones: tuple[str, ...], postal_code: str) -> Sequence[str]:
    """Return the numbers that someone at a postal code may have; all of them where none fits."""
    return [phone for phone in phones if in_zone(phone, postal_code)] or phones


def _free(draws: Draws, values: Sequence[str], taken: set[str], kind: str) -> str:
    free = [value for value in values if value not in taken]
    if not free:
        raise _exhausted(kind, len(values))
    return draws.pick(free)


def _exhausted(kind: str, size: int) -> GeneratorError:
    return GeneratorError(
        say(
            "The contact pool has too few {kind}: all {size} are already in front of one employer. Add more to "
            "the pool file, or lower the load cap of the study.",
            kind=kind,
            size=size,
        )
    )


_COLUMNS = ("kind", "value", "postal_code", "town")


def read_contact_pool(path: str | Path) -> ContactPool:
    """Read a study's contact pool: a table with columns kind (phone, mailbox, address), value, postal_code, town.

    A mailbox is an address, or a pattern such as ``{first}.{last}{year}@ourdomain.be`` on a domain of which the
    partner receives all mail. An address's value is a street with a house number that does not exist there.
    """
    table: pd.DataFrame = read_table(path)
    file = Path(path).name
    require_columns(table, _COLUMNS)
    require_text(table, "value", "0470 12 34 56", since=say("a number loses the zero that it begins with"))
    faults: list[Fault] = []
    found: dict[str, list[Address]] = {kind: [] for kind in _KINDS}
    seen: set[tuple[str, str, str]] = set()
    for number, (kind, typed, code, town) in enumerate(table[list(_COLUMNS)].itertuples(index=False, name=None)):
        value, same = _normal(kind, typed)
        wrong = _row_fault(kind, value, typed, code, town)
        if wrong is None and (kind, same, code) in seen:
            wrong = (typed, say("a value that is not in the pool yet"))
        if wrong is not None:
            faults.append(
                Fault(file=file, row=number + 2, given=repr(wrong[0]), expected=wrong[1], action=say("Mend the row."))
            )
            continue
        seen.add((kind, same, code))
        found[kind].append(Address(street=value, postal_code=code, town=town))
    faults += [
        Fault(
            file=file,
            expected=say("at least two rows of kind '{kind}'", kind=kind),
            action=say("Add them: each arm needs its own."),
        )
        for kind in _KINDS
        if not faults and len(found[kind]) < (1 if kind == "mailbox" else 2)
    ]
    if faults:
        raise InputError(say("The contact pool cannot be used."), faults)
    return ContactPool(
        phones=tuple(each.street for each in found["phone"]),
        mailboxes=tuple(each.street for each in found["mailbox"]),
        addresses=tuple(found["address"]),
    )


def _normal(kind: str, typed: str) -> tuple[str, str]:
    """Return a value as documents show it, and as two of them are compared; "" where it cannot be used."""
    if kind == "phone":
        written = telephone(typed) or ""
        return written, written
    if kind == "mailbox":
        return mailbox(typed, _BLANKS) or ("", "")
    return typed, typed


def _row_fault(kind: str, value: str, typed: str, code: str, town: str) -> tuple[str, str] | None:
    if kind not in _KINDS:
        return kind, say("phone, mailbox or address")
    if kind == "phone" and not value:
        return typed, say("a number of a mobile or fixed line that can be dialled in Belgium, such as 0470 12 34 56")
    if kind == "mailbox" and not value:
        return typed, say("a mail address, or a pattern with {first}, {last}, {year}")
    if kind == "address" and (not re.search(r"\D+ \d+", value) or not re.fullmatch(r"\d{4}", code) or not town):
        return f"{value}, {code} {town}".strip(), say(
            "a street with house number, a postal code of 4 digits and a town"
        )
    return None
