"""Logins of PostgreSQL: the server itself keeps people apart, whatever program they come with.

Each person of the register may have a login of their own name. What their kind of work reads and writes is granted to
one role of the server a kind, and row by row decided by policies: a partner sees the pairs of their own firm and those
that are anybody's. Nobody but the owner changes what happened: an event is only ever added, by the person whose login
it is, and the server computes its hash itself before it takes it in. The owner of the tables (the coordinator) is not
bound.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.events.life import Life
from corrtest.register.store import schema

_LIFE = ", ".join((*Life._fields, "last_seq"))
_OPEN = "chain, study, stop, alembic_version"
_UNSEALED = ", ".join(column.name for column in schema.vacancy.c if column.name not in ("sealed", "token"))
_FIRM = "employer_ref, group_ref, employees, blocked, undecided"

# Kind of person → what the server grants. Columns are named where a kind may not have all of a table.
GRANTS: Mapping[str, tuple[str, ...]] = {
    "partner": (
        f"SELECT ON {_OPEN}, actor, event, pair, application, vacancy, candidate, note, mail, batch, employer_load",
        f"SELECT ({_FIRM}), UPDATE (blocked) ON employer",
        "INSERT ON event, pair, application, note, mail, batch",
        f"UPDATE ({_LIFE}) ON application",
        "UPDATE (used) ON vacancy",
        "UPDATE (chain_ref) ON chain",
    ),
    "coder": (
        # Candidates are sealed; without them no name in an employer's words could be masked.
        f"SELECT ON {_OPEN}, actor, event, pair, application, candidate, note, code, batch",
        "INSERT ON event, code, batch",
        "DELETE ON code",
        "UPDATE (chain_ref) ON chain",
    ),
    "analyst": (
        f"SELECT ON {_OPEN}, actor, event, pair, application, code, employer_load",
        f"SELECT ({_UNSEALED}) ON vacancy",
        f"SELECT ({_FIRM}) ON employer",
        "INSERT ON event",
        "UPDATE (chain_ref) ON chain",
    ),
    "auditor": (
        "SELECT ON ALL TABLES IN SCHEMA {schema}",
        "INSERT ON event",
        "UPDATE (chain_ref) ON chain",
    ),
}
_EVERYWHERE = "(SELECT register_role()) IN ('coordinator', 'auditor')"
_MY_PAIR = "partner IS NULL OR partner = (SELECT register_partner())"
_OF_MY_PAIRS = "pair_ref IN (SELECT pair_ref FROM pair)"
_ABOUT_MY_PAIRS = "pair_id IS NULL OR (study_ref, pair_id) IN (SELECT study_ref, pair_id FROM pair)"
_MINE = "actor = session_user"

# Table → policies: what they are for, and for whom a row is there (USING) or may be made so (WITH CHECK).
POLICIES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "actor": (("SELECT", f"{_EVERYWHERE} OR name = session_user", ""),),
    # The lock that orders writers needs the right to change this row, and nobody gets it: no change passes the check.
    "chain": (("SELECT", "true", ""), ("UPDATE", "true", "false")),
    "event": (
        (
            "SELECT",
            f"{_EVERYWHERE} OR {_MINE} OR CASE (SELECT register_role()) "
            f"WHEN 'partner' THEN pair_id IS NOT NULL AND ({_ABOUT_MY_PAIRS}) "
            "WHEN 'coder' THEN kind IN ('reaction', 'taken_back', 'coded', 'adjudicated') "
            "WHEN 'analyst' THEN kind IN ('failed', 'taken_back', 'incident', 'incident_taken_back') ELSE false END",
            "",
        ),
        ("INSERT", "", f"{_MINE} AND role = (SELECT register_role()) AND ({_ABOUT_MY_PAIRS})"),
    ),
    "pair": (
        ("SELECT", f"(SELECT register_role()) <> 'partner' OR {_MY_PAIR}", ""),
        ("INSERT", "", _MY_PAIR),
    ),
    "application": (
        ("SELECT", _OF_MY_PAIRS, ""),
        ("INSERT", "", _OF_MY_PAIRS),
        ("UPDATE", _OF_MY_PAIRS, _OF_MY_PAIRS),
    ),
    "vacancy": (
        (
            "SELECT",
            "(SELECT register_role()) <> 'partner' OR used = 0 OR vacancy_ref IN (SELECT vacancy_ref FROM pair)",
            "",
        ),
        ("UPDATE", "used = 0 OR vacancy_ref IN (SELECT vacancy_ref FROM pair)", "used = 1"),
    ),
    "candidate": (("SELECT", "(study_ref, documents) IN (SELECT study_ref, documents FROM pair)", ""),),
    "note": (
        ("SELECT", "seq IN (SELECT seq FROM event)", ""),
        ("INSERT", "", f"seq IN (SELECT seq FROM event WHERE {_MINE})"),
    ),
    "mail": (
        ("SELECT", "seq IN (SELECT seq FROM event)", ""),
        ("INSERT", "", f"seq IN (SELECT seq FROM event WHERE {_MINE})"),
    ),
}

# The functions are the owner's: they see the whole table of people, and tell each login about itself alone.
_FUNCTIONS = (
    "CREATE OR REPLACE FUNCTION register_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path FROM CURRENT AS $$ SELECT role FROM actor WHERE name = session_user $$",
    "CREATE OR REPLACE FUNCTION register_partner() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path FROM CURRENT AS $$ SELECT partner FROM actor WHERE name = session_user $$",
    # The same spelling as `event_hash`: a list in JSON without spaces, texts escaped as JSON has them.
    "CREATE OR REPLACE FUNCTION refuse_wrong_hash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NEW.hash <> encode(sha256(convert_to(concat('[', NEW.seq, ',', to_json(NEW.recorded_at), ',', "
    "to_json(NEW.actor), ',', to_json(NEW.role), ',', COALESCE(NEW.study_ref::text, 'null'), ',', "
    "to_json(NEW.kind), ',', COALESCE(to_json(NEW.pair_id)::text, 'null'), ',', "
    "COALESCE(to_json(NEW.arm)::text, 'null'), ',', to_json(NEW.payload), ',', to_json(NEW.previous), ']'), "
    "'UTF8')), 'hex') THEN RAISE EXCEPTION 'an event must carry its own hash'; END IF; RETURN NEW; END $$",
)

_TRIGGER = (
    "CREATE OR REPLACE TRIGGER event_is_hashed BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION refuse_wrong_hash()"
)


def enable(connection: Connection) -> None:
    """Set the server's rules on the tables of this register; a second time changes nothing.

    Raises
    ------
    RegisterError
        The register is a file, or the owner of the tables may make no roles.
    """
    if connection.dialect.name != "postgresql":
        raise RegisterError(say("A login needs a register on PostgreSQL; a file is kept by the rights of its folder."))
    place = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for kind, grants in GRANTS.items():
        role = _role(kind)
        if not _exists(connection, role):
            connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {place} TO {role}")
        for grant in grants:
            connection.exec_driver_sql(f"GRANT {grant.format(schema=place)} TO {role}")
    for statement in _FUNCTIONS:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("ALTER FUNCTION event_extends_chain() SECURITY DEFINER SET search_path FROM CURRENT")
    connection.exec_driver_sql(_TRIGGER)
    for table, policies in POLICIES.items():
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for verb, seen, made in policies:
            name = f"{table}_{verb.lower()}"
            using = f" USING ({seen})" if seen else ""
            check = f" WITH CHECK ({made})" if made else ""
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS {name} ON {table}")
            connection.exec_driver_sql(f"CREATE POLICY {name} ON {table} FOR {verb}{using}{check}")


def give_login(connection: Connection, name: str, kind: str) -> str:
    """Make a login of this name that may do what its kind of person does, or give it a new password; return that.

    Raises
    ------
    RegisterError
        For a coordinator, and where the server has a role of that name that corrtest did not make.
    """
    if kind not in GRANTS:
        raise RegisterError(
            say("A coordinator works with the login that owns the tables. Give a login to the other people.")
        )
    enable(connection)
    exists = _exists(connection, name)
    if exists and not _is_ours(connection, name):
        raise RegisterError(
            say("The server has a role '{name}' that is not of this register. Give the person another name.", name=name)
        )
    password = secrets.token_urlsafe(24)
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    connection.exec_driver_sql(f"{'ALTER' if exists else 'CREATE'} ROLE {quoted} LOGIN PASSWORD '{password}'")
    connection.exec_driver_sql(f"GRANT {_role(kind)} TO {quoted}")
    return password


def follow(connection: Connection, name: str, old: str, new: str) -> None:
    """Let the login of a person, where there is one, read and write what their new kind of work does."""
    if connection.dialect.name != "postgresql" or old == new or not _exists(connection, name):
        return
    if not _is_ours(connection, name):
        return
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    if old in GRANTS:
        connection.exec_driver_sql(f"REVOKE {_role(old)} FROM {quoted}")
    if new in GRANTS:
        connection.exec_driver_sql(f"GRANT {_role(new)} TO {quoted}")
    else:
        take_login(connection, name)


def take_login(connection: Connection, name: str) -> None:
    """Let nobody in under the login of a person, where there is one; a new password opens it again."""
    if connection.dialect.name == "postgresql" and _exists(connection, name) and _is_ours(connection, name):
        quoted = connection.dialect.identifier_preparer.quote_identifier(name)
        connection.exec_driver_sql(f"ALTER ROLE {quoted} NOLOGIN PASSWORD NULL")


def rules_digest(connection: Connection) -> str:
    """Return the SHA-256 of the server's rules as they stand: policies, whether they are in force, what is granted."""
    here = "current_schema()::regnamespace"
    digest = hashlib.sha256()
    for query in (
        "SELECT tablename, policyname, cmd, qual, with_check, roles::text FROM pg_policies "
        "WHERE schemaname = current_schema() ORDER BY 1, 2",
        f"SELECT relname, relrowsecurity, relacl::text FROM pg_class WHERE relnamespace = {here} "
        "AND relkind IN ('r', 'v') ORDER BY 1",
        "SELECT relname, attname, attacl::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
        f"WHERE relnamespace = {here} AND attacl IS NOT NULL ORDER BY 1, 2",
        f"SELECT proname, prosecdef, proconfig::text FROM pg_proc WHERE pronamespace = {here} ORDER BY 1",
    ):
        for row in connection.exec_driver_sql(query):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def is_limited(connection: Connection) -> bool:
    """Whether the server shows this login a part of the events only."""
    if connection.dialect.name != "postgresql":
        return False
    active = connection.exec_driver_sql("SELECT row_security_active('event')").scalar_one()
    return bool(active) and connection.exec_driver_sql("SELECT register_role()").scalar() != "auditor"


def guards() -> tuple[str, ...]:
    """Return the statements that `enable` adds to the guards of the event table."""
    return (*_FUNCTIONS, _TRIGGER)


def _role(kind: str) -> str:
    return f"corrtest_{kind}"


def _exists(connection: Connection, role: str) -> bool:
    query = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    return connection.execute(query, {"role": role}).first() is not None


def _is_ours(connection: Connection, login: str) -> bool:
    """Whether a role of the server is a login that `give_login` made: one of our kinds, and nothing more."""
    query = sa.text(
        "SELECT member.rolsuper OR member.rolcreaterole OR member.rolcreatedb, array_agg(kind.rolname::text) "
        "FROM pg_roles AS member JOIN pg_auth_members ON pg_auth_members.member = member.oid "
        "JOIN pg_roles AS kind ON kind.oid = roleid WHERE member.rolname = :login GROUP BY member.oid, 1"
    )
    row = connection.execute(query, {"login": login}).first()
    return row is not None and not row[0] and set(row[1]) <= {_role(kind) for kind in GRANTS}
