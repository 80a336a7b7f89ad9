"""Older and newer registers; the revisions make the live schema."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.register import Register
from corrtest.register.store import migration, schema
from corrtest.register.store.database import Store, make_sqlite_file
from tests.register.conftest import AFTER, FIRST, Reopen, events, sent_rows


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
