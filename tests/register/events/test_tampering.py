"""Each column of each table in turn is changed behind the register's back, and each change is named."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from corrtest.register import Register
from corrtest.register.events.verify import Verification, verify
from corrtest.register.store import schema
from tests.register.conftest import a_documents_folder, reserves, sent_rows

# Table → what the message says, whichever of its columns was changed.
NAMED = {
    "chain": r"end of the chain|Event \d+ is missing",
    "event": r"Event \d+ ",
    "actor": "people in the register",
    "study": "studies in the register|What allows the study",
    "stop": "stops are not",
    "employer": "employers are not those|Employer .* is grouped, blocked or waiting",
    "vacancy": "vacancies, or the identities|marked as used",
    "pair": "plan .* is not the one|pairs of a plan are gone",
    "application": "stands otherwise|plan .* is not the one|not in the register",
    "candidate": "candidates of",
    "note": "Texts of employers",
    "mail": "Texts of employers",
    "batch": "list of what was taken in",
    "alias": "marks by which one firm",
    "alias_decision": "decisions on employers",
    "code": "second codes",
}


@pytest.fixture
def season(register: Register, tmp_path: Path) -> Register:
    """A register in which every table has rows."""
    register.people.add("an", "partner", partner="BureauA")
    register.people.add("cas", "coder")
    register.people.add("cora", "coder")
    mails = ["hr@een.example", "hr@een.example", "hr@twee.example", "hr@twee.example"]
    register.intake.import_vacancies(reserves(4, address=mails, telephone=["02 123 45 67", "", "", ""], employees=7))
    (one, two, *_), (three, four, *_) = register.employers.alias_matches().values.tolist()
    register.employers.decide_alias(one, two, same=True)
    register.employers.decide_alias(three, four, same=False)
    register.sending.import_sent(sent_rows(3))
    register.replies.record("P00001", "control", "invitation", "2027-01-13", text="Kom!")
    register.replies.record("P00002", "treated", "negative", "2027-01-14", text="Helaas")
    first, second = register.coding.waiting(actor="cas")["item"]
    register.coding.code(first, "other_positive", actor="cas")
    register.coding.code(second, "negative", actor="cas")
    register.coding.adjudicate(first, "invitation")
    register.inbox.keep(b"From: a@b.example", "one", "2027-01-13", kinds=(), answered=(), evidence=())
    register.replies.withdraw("P00001", "control", "2027-01-13T18:00")
    register.employers.block(pair_id="P00003")
    register.employers.block(employer_id="0403019261", not_planned=True)
    register.employers.block(pair_id="P00004")
    register.employers.unblock("vergissing", pair_id="P00004")
    register.supervision.stop("te veel", sector="transport")
    register.sending.claim_next("2027-01-13T09:00", count=1)
    register.people.give_token("cora")
    register.supervision.record_audit_of(a_documents_folder(tmp_path / "documents"))
    return register


def tampered(register: Register, *statements: str) -> Verification:
    """What `verify` finds after somebody changed the database, who has it and none of the rules; then it is undone."""
    store = register.session.store
    sqlite = store.dialect == "sqlite"
    with store.engine.connect() as connection, connection.begin() as begun:
        if sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for name in schema.guards(schema.triggers("sqlite")):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.execute(sa.text(statement if sqlite else statement.replace("X'00'", r"'\\x00'::bytea")))
        for statement in schema.triggers("sqlite") if sqlite else ():
            connection.exec_driver_sql(statement)
        found = verify(connection, register.session.studies)
        begun.rollback()
    return found


def another(column: sa.Column[Any]) -> str:
    """SQL for a value that a cell of this column does not have."""
    if isinstance(column.type, sa.LargeBinary):
        return "X'00'"
    if isinstance(column.type, sa.Integer):
        return f"COALESCE({column.name}, 0) + 1000"
    if isinstance(column.type, sa.Double):
        return f"COALESCE({column.name}, 0) + 1"
    return f"COALESCE({column.name}, '') || 'x'"


def test_an_honest_season_passes(season: Register) -> None:
    assert season.oversight.verify().problems == ()


def test_every_column_of_every_table(season: Register) -> None:
    unnamed = []
    for name, table in schema.metadata.tables.items():
        keys = [part.name for part in table.primary_key]
        last = f"SELECT {', '.join(keys)} FROM {name} ORDER BY {', '.join(f'{key} DESC' for key in keys)} LIMIT 1"
        for column in table.c:
            change = f"UPDATE {name} SET {column.name} = {another(column)} WHERE ({', '.join(keys)}) IN ({last})"
            found = tampered(season, change)
            if not any(re.search(NAMED[name], problem) for problem in found.problems):
                unnamed.append((name, column.name, found.problems))
    assert not unnamed
    assert season.oversight.verify().passed


def test_a_row_dropped_from_any_table(season: Register) -> None:
    for name, table in schema.metadata.tables.items():
        key = ", ".join(part.name for part in table.primary_key)
        first = f"SELECT {key} FROM {name} ORDER BY {key} LIMIT 1"
        found = tampered(season, f"DELETE FROM {name} WHERE ({key}) IN ({first})")
        assert any(re.search(NAMED[name], problem) for problem in found.problems), (name, found.problems)


def test_two_sealed_identities_exchanged(season: Register) -> None:
    swap = (
        "UPDATE vacancy SET sealed = (SELECT other.sealed FROM vacancy AS other "
        "WHERE other.vacancy_ref = 3 - vacancy.vacancy_ref) WHERE vacancy_ref IN (1, 2)"
    )
    assert "The vacancies, or the identities sealed in them" in " ".join(tampered(season, swap).problems)


def test_a_vacancy_given_to_another_employer(season: Register) -> None:
    found = tampered(season, "UPDATE vacancy SET employer_ref = 2 WHERE vacancy_ref = 1")
    assert "The vacancies, or the identities sealed in them" in " ".join(found.problems)


@pytest.mark.parametrize("blocked", [0, 1])
def test_an_employer_blocked_or_freed_without_an_event(season: Register, blocked: int) -> None:
    with season.session.store.reading() as connection:
        ref = connection.execute(
            sa.text("SELECT min(employer_ref) FROM employer WHERE blocked = :other"), {"other": 1 - blocked}
        ).scalar_one()
    found = tampered(season, f"UPDATE employer SET blocked = {blocked} WHERE employer_ref = {ref}")
    assert f"Employer {ref} is grouped, blocked or waiting" in " ".join(found.problems)


def test_a_guard_that_was_dropped_or_changed_is_named(season: Register) -> None:
    store = season.session.store
    guards = sorted(schema.guards(schema.triggers(store.dialect)))
    with store.reading() as connection:
        assert schema.guards(schema.triggers(store.dialect)) == schema.guards_of(connection)
    for name in guards if store.dialect == "sqlite" else ("event_refuses_change", "event_follows"):
        on = "" if store.dialect == "sqlite" else " ON event"
        statement = next(text for text in schema.triggers(store.dialect) if f"TRIGGER {name} " in text)
        with store.writing() as connection:
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
        assert name in " ".join(season.oversight.verify().problems)
        with store.writing() as connection:
            connection.exec_driver_sql(statement)
        assert season.oversight.verify().passed


def test_the_schema_s_version_is_looked_at(season: Register) -> None:
    found = tampered(season, "UPDATE alembic_version SET version_num = '0000'")
    assert "The version of the schema" in " ".join(found.problems)


def test_after_erasure_what_is_left_is_still_held_to_the_events(season: Register) -> None:
    with season.session.store.reading() as connection:
        left = connection.execute(
            sa.text(
                "SELECT pair.pair_id, application.arm FROM application JOIN pair USING (pair_ref) "
                "WHERE application.state IN ('planned', 'claimed')"
            )
        ).all()
    season.sending.skip(*left[0], "genoeg", "2027-01-13T11:00")
    season.replies.close_applications("2027-06-01T09:00")
    season.employers.erase(date(2027, 6, 1), "2027-07-01T09:00")
    assert season.oversight.verify().problems == ()
    assert not tampered(season, "UPDATE vacancy SET employer_ref = 2 WHERE vacancy_ref = 1").passed
