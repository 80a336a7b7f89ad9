"""Backups, restoring, erasing, older and newer registers, progress."""

from __future__ import annotations

import ast
import json
import re
import shutil
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
    register.sending.import_sent(sent_rows(4))
    register.replies.record("P00001", "control", "negative", "2027-01-13", text="Firma Janssens schrijft")
    register.replies.close_applications(AFTER)
    return register


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
                assert register.oversight.verify(head=head).passed
                assert restored.sending.worklist("2027-01-11")["pair_id"].tolist() == ["P00003", "P00004"]
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


class TestErase:
    def test_identities_and_texts_are_gone_and_the_rest_is_whole(
        self, register: Register, reopen: Reopen, key_file: Path
    ) -> None:
        finished(register)
        before = register.oversight.export_pairs(as_of=AFTER)
        register.employers.block(pair_id="P00002")
        erased = register.employers.erase(date(2027, 3, 1), "2027-03-02")
        assert (erased.vacancies, erased.texts, erased.employers) == (4, 1, 3)
        again = reopen()
        assert again.oversight.export_pairs(as_of=AFTER).equals(before)
        assert again.oversight.verify().passed
        assert "small" not in json.loads(key_file.read_text())["studies"]
        with pytest.raises(Refusal, match="was erased on"):
            again.sending.mark_sent("P00001", "control", FIRST)
        with again.session.store.reading() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM note")).scalar() == 0
            assert connection.execute(sa.text("SELECT count(*) FROM vacancy WHERE sealed IS NOT NULL")).scalar() == 0
            assert connection.execute(sa.text("SELECT count(*) FROM employer WHERE token IS NOT NULL")).scalar() == 1

    def test_the_file_itself_holds_nothing_sealed_any_more(self, register: Register) -> None:
        finished(register)
        path = register.session.store.path
        with register.session.store.reading() as connection:
            sealed = connection.execute(sa.text("SELECT sealed FROM vacancy")).scalars().all()
        register.employers.erase(date(2027, 3, 1), "2027-03-02")
        if path is not None:
            stored = b"".join(file.read_bytes() for file in path.parent.glob("register.db*"))
            assert not [blob for blob in sealed if bytes(blob) in stored]

    def test_a_blocked_employer_stays_recognised(self, register: Register, reopen: Reopen) -> None:
        finished(register).employers.block(pair_id="P00002")
        register.employers.erase(date(2027, 3, 1), "2027-03-02")
        later = a_study("later")
        register.supervision.add_study(later)
        other = ready(reopen(study="later"), a_plan(later))
        with pytest.raises(Refusal, match="left alone"):
            other.sending.mark_sent("P00002", "treated", FIRST)

    def test_not_before_its_day_nor_while_it_runs(self, register: Register) -> None:
        register.sending.import_sent(sent_rows(4))
        with pytest.raises(Refusal, match="retention date of 'small' is 2030-01-01"):
            register.employers.erase(date(2030, 1, 1), "2027-03-02")
        with pytest.raises(Refusal, match=r"8 application\(s\) of 'small' are not closed yet"):
            register.employers.erase(date(2027, 3, 1), "2027-03-02")


class TestVersions:
    def test_an_older_register_is_backed_up_and_migrated(
        self, register: Register, place: str | Path, reopen: Reopen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A further revision, written as whoever adds a column will write it."""
        register.sending.import_sent(sent_rows(2))
        register.sending.claim("P00003", "control", FIRST)
        register.close()
        shutil.copytree(migration.SCRIPTS, tmp_path / "migrations")
        (tmp_path / "migrations" / "versions" / "0002_second.py").write_text(SECOND_REVISION)
        monkeypatch.setattr(migration, "SCRIPTS", tmp_path / "migrations")
        monkeypatch.setattr(schema, "SCHEMA_VERSION", "0002")
        with reopen() as opened:
            assert opened.oversight.verify().passed
            assert events(opened, "migrated") == ['{"from":"0001","to":"0002"}']
            opened.sending.mark_sent("P00003", "control", FIRST)
            assert len(opened.oversight.export_pairs(as_of=AFTER)) == 2
            with opened.session.store.reading() as connection:
                assert "nickname" in {column["name"] for column in sa.inspect(connection).get_columns("actor")}
        copies = list(tmp_path.glob("*.before-0002"))
        assert len(copies) == 1
        if isinstance(place, Path):
            with Store(copies[0]).reading() as connection:
                assert migration.version_of(connection) == "0001"

    def test_a_newer_register_is_refused(self, register: Register, reopen: Reopen) -> None:
        with register.session.store.writing() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
        with pytest.raises(RegisterError, match=r"made by a newer corrtest \(schema 0999"):
            reopen()

    def test_the_revisions_make_the_live_schema(self, place: str | Path, other_place: str | Path) -> None:
        """Tables, columns in whatever order, keys, indexes, functions, triggers: as the database describes itself."""
        by_revisions, live = Store(place), Store(other_place)
        for store in (by_revisions, live):
            if store.path is not None:
                make_sqlite_file(store.path)
        with by_revisions.writing() as connection:
            migration.stamp_version(connection, "0000")
            connection.execute(sa.text("DELETE FROM alembic_version"))
            migration.upgrade(connection, schema.SCHEMA_VERSION)
            assert migration.version_of(connection) == schema.SCHEMA_VERSION
            made = described(connection)
        with live.writing() as connection:
            schema.make(connection, "2027-01-11T00:00:00.000Z")
            migration.stamp_version(connection, schema.SCHEMA_VERSION)
            wanted = described(connection)
        assert len(wanted) > 20
        assert made == wanted
        for store in (by_revisions, live):
            store.close()

    @pytest.mark.parametrize("path", sorted((migration.SCRIPTS / "versions").glob("*.py")), ids=lambda path: path.stem)
    def test_a_revision_imports_nothing_of_ours(self, path: Path) -> None:
        imported = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert {name.split(".")[0] for name in imported} <= {"__future__", "alembic", "sqlalchemy"}


DESCRIPTIONS = {
    "sqlite": (
        'SELECT t.name, strict, c.name, c.type, "notnull", dflt_value, c.pk '
        "FROM pragma_table_list AS t, pragma_table_xinfo(t.name) AS c WHERE t.schema = 'main'",
        'SELECT t.name, "from", "table", "to" FROM pragma_table_list AS t, pragma_foreign_key_list(t.name)',
        'SELECT t.name, i.name, "unique", partial, seqno, x.name '
        "FROM pragma_table_list AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS x",
        "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')",
    ),
    "postgresql": (
        "SELECT table_name, column_name, data_type, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = current_schema()",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = current_schema()::regnamespace",
        "SELECT tablename, indexname, replace(indexdef, schemaname || '.', '') FROM pg_indexes "
        "WHERE schemaname = current_schema()",
        "SELECT tgrelid::regclass::text, tgname, replace(pg_get_triggerdef(pg_trigger.oid), nspname || '.', '') "
        "FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace "
        "WHERE nspname = current_schema() AND NOT tgisinternal",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace",
    ),
}


def described(connection: sa.Connection) -> set[tuple[object, ...]]:
    """What the database says of itself."""
    statements = DESCRIPTIONS[connection.dialect.name]
    return {
        tuple(_clauses(cell) for cell in row)
        for statement in statements
        for row in connection.exec_driver_sql(statement)
    }


def _clauses(cell: object) -> object:
    """What a table consists of, whatever the order: a revision adds a column last, the declaration has it in place."""
    if isinstance(cell, str) and cell.startswith("CREATE TABLE"):
        return frozenset(clause.strip() for clause in re.split(r"[,\n]", cell))
    return cell


SECOND_REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("actor", sa.Column("nickname", sa.Text, nullable=True))
"""


class TestStatus:
    def test_progress_caps_and_responses_of_both_arms_together(self, register: Register) -> None:
        register.sending.import_sent(sent_rows(2), simulated=True)
        register.replies.record("P00001", "control", "invitation", "2027-01-13")
        register.replies.record("P00002", "treated", "invitation", "2027-01-13")
        register.sending.claim("P00003", "control", FIRST)
        found = register.oversight.status()
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
        assert found.head == register.oversight.verify().head

    def test_the_picture_is_the_same_each_time_and_says_simulated(self, register: Register) -> None:
        register.sending.import_sent(sent_rows(2), simulated=True)
        picture = register.oversight.status().picture()
        assert picture == register.oversight.status().picture()
        assert b"SIMULATED" in picture
        assert b"124 origin" in picture


def test_the_audit_trail(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    trail = register.oversight.audit_trail(pair_id="P00001")
    assert trail["kind"].tolist() == ["claimed", "sent"]
    assert register.oversight.audit_trail(limit=1)["kind"].tolist() == ["sent"]
    register.people.add("aud", "auditor")
    assert len(register.oversight.audit_trail(actor="aud")) == len(register.oversight.audit_trail())
    register.people.add("ann", "analyst")
    with pytest.raises(Refusal, match="Ask a coordinator or auditor"):
        register.oversight.audit_trail(actor="ann")


def test_a_partner_needs_a_firm(register: Register) -> None:
    with pytest.raises(InputError, match="say for which one"):
        register.people.add("nora", "partner")
    with pytest.raises(InputError, match="Did you mean 'coder'"):
        register.people.add("nora", "codder")
