"""Copies of a register in use, and registers made from them."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.register import Register
from tests.register.conftest import FIRST, Clock, sent_rows


class TestBackup:
    def test_a_copy_of_a_register_in_use(
        self, register: Register, place: str | Path, tmp_path: Path, key_file: Path, clock: Clock
    ) -> None:
        register.sending.import_sent(sent_rows(2))
        head = register.oversight.backup(tmp_path / "copy.backup")
        register.sending.mark_sent("P00003", "control", FIRST)
        with pytest.raises(RegisterError, match="exists already"):
            register.oversight.backup(tmp_path / "copy.backup")
        targets = iter([tmp_path / "restored.db"]) if isinstance(place, Path) else a_schema_of(place)
        for target in targets:
            Register.restore(tmp_path / "copy.backup", target)
            with Register.open(target, key_file=key_file, clock=clock) as restored:
                assert restored.oversight.verify(head=head).passed
                with pytest.raises(RegisterError, match=r"made from a backup that ends at event \d+"):
                    restored.sending.claim("P00003", "control", FIRST)
                restored.sending.import_sent(sent_rows(2))  # the same content once more: nothing to settle
                restored.sending.mark_sent("P00003", "control", "2027-01-11T08:00")  # it was, before the restore
                restored.supervision.resume(restored=True)
                restored.sending.claim("P00004", "treated", FIRST)
                restored.sending.release("P00004", "treated", FIRST)
                assert restored.oversight.verify(head=head).passed
                assert register.oversight.verify(head=head).passed
                assert restored.sending.worklist("2027-01-11")["pair_id"].tolist() == ["P00004"]
                with pytest.raises(RegisterError, match="overwrites nothing"):
                    Register.restore(tmp_path / "copy.backup", target)

    def test_a_backup_that_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "copy").write_text("no backup at all")
        with pytest.raises(RegisterError, match="not a whole backup"):
            Register.restore(tmp_path / "copy", tmp_path / "new.db")
        assert not (tmp_path / "new.db").exists()
        with pytest.raises(RegisterError, match="no backup"):
            Register.restore(tmp_path / "nothing", tmp_path / "new.db")

    def test_a_backup_to_nowhere(self, register: Register, tmp_path: Path) -> None:
        with pytest.raises((RegisterError, OSError)):
            register.oversight.backup(tmp_path / "missing" / "copy")
        register.sending.mark_sent("P00001", "control", FIRST)


def a_schema_of(place: str) -> list[str]:
    """A dump restores the schema that it was made of: clear it first, as on another server."""
    name = place.split("%3D")[1]
    engine = sa.create_engine(sa.make_url(place).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER SCHEMA {name} RENAME TO moved_{name}")
    engine.dispose()
    return [place]
