"""Backups, restoring, erasing, older and newer registers, progress."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from corrtest.register.store import migration, schema
from corrtest.register.store.database import Store, make_sqlite_file
from tests.register.conftest import Clock, Reopen, a_plan, a_study, events, ready
from tests.register.test_register import AFTER, FIRST, sent_rows


def finished(register: Register) -> Register:
    register.import_sent(sent_rows(4))
    register.record_reaction("P00001", "control", "negative", "2027-01-13", text="Firma Janssens schrijft")
    register.close_applications(AFTER)
    return register


class TestBackup:
    def test_a_copy_of_a_register_in_use(
        self, register: Register, place: str | Path, tmp_path: Path, key_file: Path, clock: Clock
    ) -> None:
        register.import_sent(sent_rows(2))
        head = register.backup(tmp_path / "copy.backup")
        register.mark_sent("P00003", "control", FIRST)
        with pytest.raises(RegisterError, match="exists already"):
            register.backup(tmp_path / "copy.backup")
        targets = iter([tmp_path / "restored.db"]) if isinstance(place, Path) else a_schema_of(place)
        for target in targets:
            Register.restore(tmp_path / "copy.backup", target)
            with Register.open(target, key_file=key_file, clock=clock) as restored:
                assert restored.verify(head=head).passed
                assert register.verify(head=head).passed
                assert restored.worklist("2027-01-11")["pair_id"].tolist() == ["P00003", "P00004"]
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
            register.backup(tmp_path / "missing" / "copy")
        register.mark_sent("P00001", "control", FIRST)


def a_schema_of(place: str) -> list[str]:
    """A dump restores the schema that it was made of: clear it first, as on another server."""
    name = place.split("%3D")[1]
    engine = sa.create_engine(sa.make_url(place).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER SCHEMA {name} RENAME TO moved_{name}")
    engine.dispose()
    return [place]


class TestErase:
    def test_identities_and_texts_are_gone_and_the_rest_is_whole(
        self, register: Register, reopen: Reopen, key_file: Path
    ) -> None:
        finished(register)
        before = register.export_pairs(as_of=AFTER)
        register.block_employer(pair_id="P00002")
        erased = register.erase(date(2027, 3, 1), "2027-03-02")
        assert (erased.vacancies, erased.texts, erased.employers) == (4, 1, 3)
        again = reopen()
        assert again.export_pairs(as_of=AFTER).equals(before)
        assert again.verify().passed
        assert "small" not in json.loads(key_file.read_text())["studies"]
        with pytest.raises(Refusal, match="was erased on"):
            again.mark_sent("P00001", "control", FIRST)
        with again.store.reading() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM note")).scalar() == 0
            assert connection.execute(sa.text("SELECT count(*) FROM vacancy WHERE sealed IS NOT NULL")).scalar() == 0
            assert connection.execute(sa.text("SELECT count(*) FROM employer WHERE token IS NOT NULL")).scalar() == 1

    def test_the_file_itself_holds_nothing_sealed_any_more(self, register: Register) -> None:
        finished(register)
        path = register.store.path
        with register.store.reading() as connection:
            sealed = connection.execute(sa.text("SELECT sealed FROM vacancy")).scalars().all()
        register.erase(date(2027, 3, 1), "2027-03-02")
        if path is not None:
            stored = b"".join(file.read_bytes() for file in path.parent.glob("register.db*"))
            assert not [blob for blob in sealed if bytes(blob) in stored]

    def test_a_blocked_employer_stays_recognised(self, register: Register, reopen: Reopen) -> None:
        finished(register).block_employer(pair_id="P00002")
        register.erase(date(2027, 3, 1), "2027-03-02")
        later = a_study("later")
        register.add_study(later)
        other = ready(reopen(study="later"), a_plan(later))
        with pytest.raises(Refusal, match="left alone"):
            other.mark_sent("P00002", "treated", FIRST)

    def test_not_before_its_day_nor_while_it_runs(self, register: Register) -> None:
        register.import_sent(sent_rows(4))
        with pytest.raises(Refusal, match="retention date of 'small' is 2030-01-01"):
            register.erase(date(2030, 1, 1), "2027-03-02")
        with pytest.raises(Refusal, match=r"8 application\(s\) of 'small' are not closed yet"):
            register.erase(date(2027, 3, 1), "2027-03-02")


class TestVersions:
    @pytest.fixture
    def old(self, place: str | Path, register: Register) -> str | Path:
        """A register as version 0001 left it: what came later taken away again."""
        register.import_sent(sent_rows(2))
        register.claim("P00003", "control", FIRST)
        chain = {
            "sqlite": ("DROP TRIGGER event_follows", "DROP TRIGGER event_moves_chain"),
            "postgresql": ("DROP TRIGGER event_follows ON event",),
        }
        with register.store.writing() as connection:
            for statement in (
                *chain[register.store.dialect],
                "DROP TABLE alias",
                "DROP TABLE alias_decision",
                "DROP TABLE code",
                "ALTER TABLE application DROP COLUMN claimed_at",
                "ALTER TABLE pair ADD COLUMN counted_on TEXT",
                "ALTER TABLE pair ADD COLUMN counted_until TEXT",
                "ALTER TABLE pair DROP COLUMN replaces",
                "ALTER TABLE vacancy DROP COLUMN channel",
                "ALTER TABLE actor DROP COLUMN token_sha256",
                "ALTER TABLE study DROP COLUMN plan_version",
                "DROP INDEX ix_application_unsent",
                "CREATE INDEX ix_application_state_due ON application (state, due_on)",
                "UPDATE alembic_version SET version_num = '0001'",
            ):
                connection.execute(sa.text(statement))
        register.close()
        return place

    def test_an_older_register_is_backed_up_and_migrated(self, old: str | Path, reopen: Reopen, tmp_path: Path) -> None:
        with reopen() as opened:
            assert opened.verify().passed
            assert events(opened, "migrated") == ['{"from":"0001","to":"0004"}']
            opened.mark_sent("P00003", "control", FIRST)
            assert len(opened.export_pairs(as_of=AFTER)) == 2
        copies = list(tmp_path.glob("*.before-0004"))
        assert len(copies) == 1
        if isinstance(old, Path):
            with Store(copies[0]).reading() as connection:
                assert migration.version_of(connection) == "0001"

    def test_a_newer_register_is_refused(self, register: Register, reopen: Reopen) -> None:
        with register.store.writing() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
        with pytest.raises(RegisterError, match=r"made by a newer corrtest \(schema 0999"):
            reopen()

    def test_the_migrations_end_at_the_schema(self, place: str | Path) -> None:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        store = Store(place)
        if isinstance(place, Path):
            make_sqlite_file(place)
        with store.writing() as connection:
            migration.stamp_version(connection, "0000")
            connection.execute(sa.text("DELETE FROM alembic_version"))
            migration.upgrade(connection, schema.SCHEMA_VERSION)
            assert migration.version_of(connection) == schema.SCHEMA_VERSION
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, schema.metadata) == []
            kinds = {
                table: {column["name"]: (str(column["type"]), column["nullable"]) for column in inspected}
                for table in schema.metadata.tables
                if (inspected := sa.inspect(connection).get_columns(table))
            }
        store.close()
        assert set(kinds) == set(schema.metadata.tables)


class TestStatus:
    def test_progress_caps_and_responses_of_both_arms_together(self, register: Register) -> None:
        register.import_sent(sent_rows(2), simulated=True)
        register.record_reaction("P00001", "control", "invitation", "2027-01-13")
        register.record_reaction("P00002", "treated", "invitation", "2027-01-13")
        register.claim("P00003", "control", FIRST)
        found = register.status()
        assert found.strata[["joint_committee", "criterion", "planned", "claimed", "sent"]].values.tolist() == [
            ["124", "origin", 3, 1, 4]
        ]
        assert found.caps.values.tolist() == [[0, 1, 0], [1, 3, 0]]
        assert found.reactions.set_index("reaction")["applications"].to_dict() == {
            "invitation": 2,
            "other_positive": 0,
            "request": 0,
            "negative": 0,
            "automatic": 0,
        }
        for word in ("control", "treated"):
            assert word not in json.dumps(found.to_dict())
        assert found.head == register.verify().head

    def test_the_picture_is_the_same_each_time_and_says_simulated(self, register: Register) -> None:
        register.import_sent(sent_rows(2), simulated=True)
        picture = register.status().picture()
        assert picture == register.status().picture()
        assert b"SIMULATED" in picture
        assert b"124 origin" in picture


def test_the_audit_trail(register: Register) -> None:
    register.mark_sent("P00001", "control", FIRST)
    trail = register.audit_trail(pair_id="P00001")
    assert trail["kind"].tolist() == ["claimed", "sent"]
    assert register.audit_trail(limit=1)["kind"].tolist() == ["sent"]
    register.add_actor("aud", "auditor")
    assert len(register.audit_trail(actor="aud")) == len(register.audit_trail())
    register.add_actor("ann", "analyst")
    with pytest.raises(Refusal, match="Ask a coordinator or auditor"):
        register.audit_trail(actor="ann")


def test_a_partner_needs_a_firm(register: Register) -> None:
    with pytest.raises(InputError, match="say for which one"):
        register.add_actor("nora", "partner")
    with pytest.raises(InputError, match="Did you mean 'coder'"):
        register.add_actor("nora", "codder")
