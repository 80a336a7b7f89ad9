"""The pair's row: each column declared once, in `columns.toml`, from which every table of a study takes its own.

A column says in which tables it stands (and where it may be left out), what it means in each language, who may see it
and whether it leaves. The plan, the register, its export, the vacancy file, the codebook of a bundle and the data
dictionaries are the columns of their table, in the order of the declaration.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from corrtest.spec.study import ARMS, CALL_ANSWERS, REACTIONS

Table = Literal[
    "vacancies",
    "plan",
    "plan.identities",
    "register.pair",
    "register.vacancy",
    "register.sealed",
    "register.application",
    "register.employer",
    "pairs",
    "applications",
    "answers",
    "published.pairs",
    "published.cells",
]

# The words in which a dictionary is written; each column has a label and a description in all of them.
DICTIONARY_LANGUAGES = ("en", "nl", "fr", "de")
_CHOICES: Mapping[str, tuple[str, ...]] = {"arms": ARMS, "reactions": REACTIONS, "call_answers": CALL_ANSWERS}
_SCHEMA = "https://specs.frictionlessdata.io/schemas/table-schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the pair's row.

    Attributes
    ----------
    name : str
        The name that it has in every table.
    type : str
        string, number, integer, date or boolean, as in a Frictionless Table Schema.
    unit : str
        What a number counts or measures; "" where it needs none.
    label, description : mapping of str to str
        Language → a few words, and one sentence.
    tables : mapping of str to bool
        Table in which the column stands → whether that table needs it.
    seen_by : tuple of str
        Of public, analyst, partner and coordinator; public means everybody.
    leaves : bool
        Whether its values may stand in what leaves the house.
    choices : tuple
        The only values that it takes; empty where any will do.
    """

    name: str
    type: Literal["string", "number", "integer", "date", "boolean"]
    unit: str = ""
    label: Mapping[str, str]
    description: Mapping[str, str]
    tables: Mapping[str, bool]
    seen_by: tuple[str, ...]
    leaves: bool
    choices: tuple[str | int, ...] = ()

    def needed_in(self, table: Table) -> bool:
        """Say whether `table` must have the column."""
        return self.tables.get(table, False)

    def seen_by_role(self, role: str) -> bool:
        """Say whether somebody in this role may see the column."""
        return "public" in self.seen_by or role in self.seen_by


@cache
def _declaration() -> dict[str, Any]:
    return tomllib.loads(files("corrtest.spec").joinpath("columns.toml").read_text(encoding="utf-8"))


@cache
def every_column() -> tuple[Column, ...]:
    """Return all declared columns, in their order."""
    return tuple(_column(item) for item in _declaration()["column"])


def table_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns of a table, in its order."""
    return tuple(column for column in every_column() if table in column.tables)


def identifying_columns() -> frozenset[str]:
    """Return the names of the columns that stand for one pair, one vacancy or one employer."""
    keys = {str(about["key"]) for about in _declaration()["table"].values() if "key" in about}
    return frozenset(keys | set(column_names("register.sealed")) | {"employer"})


def column_names(table: Table) -> tuple[str, ...]:
    """Return the names of a table's columns, in its order."""
    return tuple(column.name for column in table_columns(table))


def needed_columns(table: Table) -> tuple[str, ...]:
    """Return the names of the columns that a table must have."""
    return tuple(column.name for column in table_columns(table) if column.needed_in(table))


def table_schema(table: Table, language: str = "en") -> dict[str, Any]:
    """Return the data dictionary of a table, as a Frictionless Table Schema in one language."""
    about = _declaration()["table"][table]
    schema: dict[str, Any] = {
        "$schema": _SCHEMA,
        "name": f"corrtest-{table.replace('.', '-')}",
        "title": about["title"][language],
        "description": about["description"][language],
        "fields": [_field(column, table, language, about.get("key")) for column in table_columns(table)],
        "missingValues": [""],
    }
    if "key" in about:
        schema["primaryKey"] = about["key"]
    return schema


def _field(column: Column, table: Table, language: str, key: str | None) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": column.label[language],
        "description": column.description[language],
    }
    if column.unit:
        field["unit"] = column.unit
    field |= {"seenBy": list(column.seen_by), "leaves": column.leaves}
    constraints: dict[str, Any] = {"required": True} if column.needed_in(table) else {}
    if column.name == key:
        constraints["unique"] = True
    if column.choices:
        constraints["enum"] = list(column.choices)
    return field | ({"constraints": constraints} if constraints else {})


def _column(item: Mapping[str, Any]) -> Column:
    choices = item.get("choices", ())
    return Column(
        **{name: item[name] for name in ("name", "type", "label", "description", "leaves")},
        unit=item.get("unit", ""),
        tables={name.removesuffix("?"): not name.endswith("?") for name in item["tables"]},
        seen_by=tuple(item["seen_by"]),
        choices=_CHOICES[choices] if isinstance(choices, str) else tuple(choices),
    )
