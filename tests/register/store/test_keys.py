"""The key file: private, needed, and all that tells who an employer is."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.register import Register
from corrtest.register.store import schema
from corrtest.spec import column_names
from tests.register.conftest import AFTER, Reopen, a_plan, sent_rows


def test_the_store_holds_no_employer(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    register.replies.record("P00001", "control", "negative", "2027-01-13", text="Firma Janssens schrijft")
    with register.session.store.reading() as connection:
        content = str(
            [
                connection.execute(sa.text(f"SELECT * FROM {table}")).all()
                for table in sa.inspect(connection).get_table_names()
            ]
        )
    plan = a_plan(register.study).pairs
    for value in [*plan["employer_id"], *plan["vacancy_id"], *plan["address"], "Janssens"]:
        assert value not in content
    assert "P00001" in content
    if register.session.store.path is not None:
        register.close()
        stored = b"".join(file.read_bytes() for file in register.session.store.path.parent.glob("register.db*"))
        assert not [value for value in [*plan["employer_id"], "Janssens"] if value.encode() in stored]


def test_the_key_file_is_private_and_needed(register: Register, reopen: Reopen, key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o077 == 0
    register.sending.import_sent(sent_rows(4))
    with pytest.raises(RegisterError, match=r"The key file .* is not there"):
        reopen(key_file=key_file.with_name("gone.key"))
    opened = reopen()
    opened.session.keys = None
    assert len(opened.oversight.export_pairs(as_of=AFTER)) == 4
    with pytest.raises(RegisterError, match="needs the register's key file"):
        opened.intake.import_plan(a_plan(opened.study))


@pytest.mark.parametrize("content", ["", "{}", '{"format": 3}', "[]", '{"format": "corrtest/register-key/1"}'])
@pytest.mark.usefixtures("register")
def test_a_wrong_key_file(reopen: Reopen, key_file: Path, content: str) -> None:
    key_file.write_text(content)
    with pytest.raises(RegisterError, match="not a key file"):
        reopen()


def test_a_stolen_register_tells_vacancies_apart_by_no_more_than_the_exported_table() -> None:
    """Beside numbers of rows, tokens and sealed cells, which say nothing without the key."""
    rows_and_tokens = {"vacancy_ref", "study_ref", "employer_ref", "pair_ref", "token", "sealed", "used", "replaces"}
    of_the_plan = {"documents", "partner", "pair_id", "channel"}
    exported = set(column_names("pairs")) | set(column_names("applications")) | {"employer"}
    in_clear = {column.name for table in (schema.vacancy, schema.pair) for column in table.c}
    assert in_clear - rows_and_tokens - of_the_plan <= exported


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_the_log_and_the_index_beside_the_register_are_as_closed_as_it_is(register: Register) -> None:
    register.sending.import_sent(sent_rows(4))
    path = register.session.store.path
    assert path is not None
    beside = sorted(path.parent.glob(f"{path.name}*"))
    assert len(beside) == 3  # the file, its write-ahead log, the index of that
    assert all(file.stat().st_mode & 0o077 == 0 for file in beside)
