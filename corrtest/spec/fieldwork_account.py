"""What became of every planned test in the field, counted per joint committee and criterion: the register's account.

The register writes it beside the pairs table, the analysis carries it, the report prints it. It holds numbers of tests
and never a reaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.spec.private import write_private

__all__ = ["INCIDENT", "MARKED_TESTS", "SECOND_LATE", "TEST_FATES", "read_fieldwork_account", "write_fieldwork_account"]

# Every planned test has one of these fates: complete (it counts), complete but left out after an incident because the
# study says so, set aside for a reserve, given up before both applications were out, not sent yet, within its reaction
# window, or coded differently by two people.
TEST_FATES = ("complete", "left_out", "replaced", "given_up", "not_sent", "awaiting_reactions", "awaiting_adjudication")
# What may have befallen a complete test: its `status` in the pairs table.
INCIDENT = "incident"
SECOND_LATE = "second_late"
MARKED_TESTS = ("bounced", "vacancy_withdrawn", "late_answer", SECOND_LATE, INCIDENT)

_SCHEMA = "corrtest/fieldwork/1"


def write_fieldwork_account(strata: Sequence[Mapping[str, Any]], path: str | Path) -> Path:
    """Write the account to `path` and return it.

    `strata` has a mapping for each joint committee and criterion: both names, and a number of tests under each name of
    `TEST_FATES` and `MARKED_TESTS`.
    """
    path = Path(path)
    content = {"schema": _SCHEMA, "strata": [dict(stratum) for stratum in strata]}
    write_private(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
    return path


def read_fieldwork_account(path: str | Path) -> tuple[Mapping[str, Any], ...]:
    """Return the strata that `write_fieldwork_account` wrote to `path`.

    Raises
    ------
    InputError
        The file is no account of fieldwork.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        known = content["schema"] == _SCHEMA
        strata = tuple(
            {name: str(stratum[name]) for name in ("joint_committee", "criterion")}
            | {name: int(stratum[name]) for name in (*TEST_FATES, *MARKED_TESTS)}
            for stratum in content["strata"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise InputError(
            say("{file} is no account of fieldwork.", file=path.name),
            [
                Fault(
                    file=path.name,
                    key="schema",
                    expected=f'"{_SCHEMA}"',
                    action=say("Write it again with corrtest register export, or remove it."),
                )
            ],
        )
    return strata
