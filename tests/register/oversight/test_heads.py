"""An auditor's list shows a chain that was written anew, which the chain itself does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from corrtest.errors import InputError
from corrtest.register import Register
from corrtest.register.events.ledger import event_hash
from corrtest.register.store import schema
from tests.register.conftest import sent_rows


def written_anew(register: Register) -> None:
    """What a thief does who has the database and knows how hashes are made: one name changed, every hash made again."""
    store = register.session.store
    with store.engine.connect() as connection, connection.begin():
        for name in schema.guards(schema.triggers("sqlite")):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        previous, columns = schema.GENESIS, schema.event.c
        for row in connection.execute(sa.select(schema.event).order_by(columns.seq)).all():
            fields = {**row._mapping, "previous": previous}
            if fields["kind"] == "refused":
                fields["payload"] = fields["payload"].replace("claim", "stop")
            del fields["hash"]
            previous = event_hash(**fields)
            connection.execute(sa.update(schema.event).where(columns.seq == row.seq).values(**fields, hash=previous))
        connection.execute(sa.update(schema.chain).values(head=previous))
        for statement in schema.triggers("sqlite"):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_chain_written_anew_is_seen_from_outside(register: Register, tmp_path: Path) -> None:
    noted = tmp_path / "heads.txt"
    with pytest.raises(Exception, match="not been sent"):
        register.sending.claim("P00001", "treated", "2027-01-12T09:00")
    assert register.oversight.verify(heads=noted).passed
    register.sending.import_sent(sent_rows(4))
    assert register.oversight.verify(heads=noted).passed
    assert len(noted.read_text().splitlines()) == 2

    written_anew(register)
    assert register.oversight.verify().passed  # from inside all is well
    found = register.oversight.verify(heads=noted)
    assert [problem for problem in found.problems if "events were dropped" in problem] == list(found.problems)
    assert len(found.problems) == 2
    assert len(noted.read_text().splitlines()) == 2  # what did not pass is not noted


def test_a_list_that_is_none_is_refused_line_by_line(register: Register, tmp_path: Path) -> None:
    noted = tmp_path / "heads.txt"
    register.oversight.verify(heads=noted)
    noted.write_text("hello\n" + noted.read_text())
    with pytest.raises(InputError, match="row 1"):
        register.oversight.verify(heads=noted)
