"""Logins of PostgreSQL, tried with psql: what each kind of person could read or change, whatever program they use."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from corrtest.errors import RegisterError
from corrtest.register import Register
from tests.register.conftest import Make, a_plan, a_schema, a_study, sent_rows

PEOPLE = {"ann_of_a": ("partner", "A"), "bob_of_b": ("partner", "B"), "cas": ("coder", None), "dirk": ("analyst", None)}
PEOPLE |= {"els": ("auditor", None)}


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgres)])
def place() -> Iterator[str]:
    server = os.environ.get("CORRTEST_POSTGRES_URL")
    if not server:
        pytest.skip('no PostgreSQL server: eval "$(.ci/postgres start)" gives one')
    if shutil.which("psql") is None:
        pytest.skip("no psql (Debian: postgresql-client)")
    yield from a_schema(server)


@pytest.fixture
def shared(make: Make, place: str) -> Iterator[Register]:
    """Two pairs of partner A, two of partner B, all sent; one answer each; a login for everybody."""
    study = a_study()
    register = make(study)
    plan = a_plan(study)
    firms = {"P00001": "A", "P00002": "A", "P00003": "B", "P00004": "B"}
    register.intake.import_plan(plan, partners=firms)
    register.supervision.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
    for name, (role, firm) in PEOPLE.items():
        register.people.add(name, role, partner=firm)
        register.people.give_login(name)
    register.sending.import_sent(sent_rows(3))
    register.replies.record("P00001", "control", "invitation", "2027-01-13", text="Kom!")
    register.replies.record("P00003", "control", "negative", "2027-01-13", text="Helaas")
    for pair in ("P00002", None):
        register.inbox.keep(
            b"From: a@b.example\n\nKom!", f"mail of {pair}", "2027-01-14T09:00", kinds=(), evidence=(),
            answered=[each for each in register.inbox.applications() if each.pair_id == pair],
        )  # fmt: skip
    yield register
    with register.session.store.writing() as connection:
        for name in PEOPLE:
            connection.exec_driver_sql(f'DROP OWNED BY "{name}"')
            connection.exec_driver_sql(f'DROP ROLE "{name}"')


def as_login(register: Register, name: str) -> str:
    """The address of the register under somebody's own login."""
    return register.session.store.url.set(drivername="postgresql", username=name).render_as_string(hide_password=False)


def psql(register: Register, name: str, statement: str) -> str:
    """What a person gets who types this into psql: rows, or the server's refusal."""
    done = subprocess.run(
        ["psql", "--no-psqlrc", "-qAt", "-c", statement, as_login(register, name)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else done.stderr.strip()


# Statement → person → what comes back: a number of rows, or "no".
MATRIX = {
    "SELECT count(*) FROM pair": {"ann_of_a": "2", "bob_of_b": "2", "cas": "4", "dirk": "4", "els": "4"},
    "SELECT count(*) FROM application": {"ann_of_a": "4", "bob_of_b": "4", "cas": "8", "dirk": "8", "els": "8"},
    "SELECT count(sealed) FROM vacancy": {"ann_of_a": "2", "bob_of_b": "2", "cas": "no", "dirk": "no", "els": "4"},
    "SELECT count(*) FROM note": {"ann_of_a": "1", "bob_of_b": "1", "cas": "2", "dirk": "no", "els": "2"},
    "SELECT count(*) FROM mail": {"ann_of_a": "1", "bob_of_b": "0", "cas": "no", "dirk": "no", "els": "2"},
    "SELECT count(*) FROM event WHERE kind = 'reaction'": {
        "ann_of_a": "1", "bob_of_b": "1", "cas": "2", "dirk": "0", "els": "2"
    },
    "SELECT count(*) FROM event WHERE kind = 'sent'": {
        "ann_of_a": "4", "bob_of_b": "2", "cas": "0", "dirk": "0", "els": "6"
    },
    "SELECT count(token_sha256) + count(*) FROM actor": {
        "ann_of_a": "1", "bob_of_b": "1", "cas": "1", "dirk": "1", "els": "6"
    },
    "SELECT count(token) FROM employer": {"ann_of_a": "no", "bob_of_b": "no", "cas": "no", "dirk": "no", "els": "4"},
    "SELECT count(*) FROM alias": {"ann_of_a": "no", "bob_of_b": "no", "cas": "no", "dirk": "no", "els": "4"},
    "SELECT count(*) FROM employer_load": {"ann_of_a": "3", "bob_of_b": "3", "cas": "no", "dirk": "3", "els": "3"},
}  # fmt: skip


@pytest.mark.parametrize("statement", MATRIX)
def test_what_each_kind_of_person_can_read(shared: Register, statement: str) -> None:
    found = {}
    for name in PEOPLE:
        said = psql(shared, name, statement)
        found[name] = "no" if "permission denied" in said else said
    assert found == MATRIX[statement]


CHANGES = (
    "UPDATE event SET actor = 'x'",
    "DELETE FROM event",
    "TRUNCATE event",
    "INSERT INTO event SELECT seq + 1, recorded_at, 'coordinator', 'coordinator', study_ref, kind, pair_id, arm, "
    "payload, hash, hash FROM event ORDER BY seq DESC LIMIT 1",
    "UPDATE chain SET chain_ref = 2",
    "UPDATE chain SET events = 0",
    "UPDATE pair SET partner = 'A'",
    "UPDATE vacancy SET sealed = ''",
    "UPDATE employer SET group_ref = 1",
    "UPDATE actor SET role = 'coordinator'",
    "UPDATE study SET authorised_by = 'x'",
    "DELETE FROM note",
    "UPDATE mail SET sealed = ''",
    "INSERT INTO stop VALUES ('study', 'small', 'x', 'x')",
    "DROP TRIGGER event_is_hashed ON event",
    "ALTER TABLE event DISABLE ROW LEVEL SECURITY",
    "SET ROLE corrtest",
    "SET session_replication_role = replica",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_what_nobody_but_the_owner_can_change(shared: Register, statement: str) -> None:
    for name in PEOPLE:
        assert "ERROR" in psql(shared, name, statement), (name, statement)
    assert shared.oversight.verify().passed


def test_an_event_typed_by_hand_is_refused_but_with_its_right_hash_and_name(shared: Register) -> None:
    end = (
        "SELECT events + 1, recorded_at, '{actor}', '{role}', 1, 'refused', {pair}, NULL, '{{}}', head, '{hash}' "
        "FROM chain"
    )

    def typed(actor: str, role: str, pair: str, hash_: str) -> str:
        return "INSERT INTO event " + end.format(actor=actor, role=role, pair=pair, hash=hash_)

    assert "own hash" in psql(shared, "ann_of_a", typed("ann_of_a", "partner", "NULL", "0" * 64))
    for actor, role, pair in (
        ("bob_of_b", "partner", "NULL"),
        ("ann_of_a", "coordinator", "NULL"),
        ("ann_of_a", "partner", "'P00003'"),
    ):
        made = psql(shared, "ann_of_a", typed(actor, role, pair, "0" * 64))
        assert "ERROR" in made
    assert shared.oversight.verify().passed


def test_a_partner_does_not_move_another_s_application(shared: Register) -> None:
    moved = psql(shared, "bob_of_b", "UPDATE application SET state = 'closed' RETURNING pair_ref").split()
    assert set(moved) == {"3", "4"}
    assert not shared.oversight.verify().passed  # what he did to his own is seen


def test_each_works_through_corrtest_under_their_own_login(shared: Register, key_file, clock) -> None:
    def of(name: str) -> Register:
        return Register.open(as_login(shared, name), key_file=key_file, clock=clock)

    with of("bob_of_b") as register:
        work = register.sending.worklist("2027-01-14T09:00", actor="bob_of_b")
        assert set(work["pair_id"]) == {"P00004"}
        assert work["address"].str.contains("firm").all()
        first = register.sending.claim_next("2027-01-14T09:00", count=1, actor="bob_of_b").iloc[0]
        register.sending.mark_sent(first["pair_id"], first["arm"], "2027-01-14T09:05", actor="bob_of_b")
        register.replies.record(
            first["pair_id"], first["arm"], "invitation", "2027-01-15", text='é \n"x"', actor="bob_of_b"
        )
        register.replies.withdraw(first["pair_id"], first["arm"], "2027-01-15T12:00", actor="bob_of_b")
        answered = [each for each in register.inbox.applications(actor="bob_of_b") if each.pair_id == first["pair_id"]]
        told = {"kinds": (), "evidence": ("sender",), "answered": answered, "actor": "bob_of_b"}
        number = register.inbox.keep(b"From: a@b.example", "one", "2027-01-15", **told)
        assert register.inbox.keep(b"From: a@b.example", "one", "2027-01-15", **told) is None
        assert register.inbox.sources([number], actor="bob_of_b") == {number: b"From: a@b.example"}
        # What somebody else kept, of which it is not known what it answers, is not his to see.
        assert list(register.inbox.mails(actor="bob_of_b")) == [number]
        with pytest.raises(RegisterError):
            register.replies.record("P00001", "treated", "negative", "2027-01-15", actor="bob_of_b")
        with pytest.raises(RegisterError, match=r"only what its own person may do|Nobody called"):
            register.replies.record("P00004", "treated", "negative", "2027-01-15", actor="ann_of_a")
        with pytest.raises(RegisterError, match="a part of the events"):
            register.oversight.verify(actor="bob_of_b")
    with of("cas") as register:
        waiting = register.coding.waiting(actor="cas")
        assert len(waiting) == 3
        register.coding.code(int(waiting["item"][0]), "invitation", actor="cas")
    with of("dirk") as register:
        assert len(register.oversight.export_pairs(as_of="2027-03-01", actor="dirk")) == 3
        register.oversight.status(actor="dirk")
    with of("els") as register:
        assert register.oversight.verify(actor="els").passed
        assert len(register.oversight.audit_trail(actor="els")) > 20
    assert shared.oversight.verify().passed


def test_a_rule_of_the_server_that_was_loosened_is_named(shared: Register) -> None:
    with shared.session.store.writing() as connection:
        connection.exec_driver_sql("GRANT SELECT ON alias TO corrtest_partner")
    assert "What the server lets each login read" in " ".join(shared.oversight.verify().problems)


def test_no_login_takes_over_a_role_of_the_server(shared: Register) -> None:
    shared.people.add("postgres_like", "coder")
    with shared.session.store.writing() as connection:
        connection.exec_driver_sql("CREATE ROLE postgres_like LOGIN CREATEROLE")
    try:
        with pytest.raises(RegisterError, match="not of this register"):
            shared.people.give_login("postgres_like")
        with pytest.raises(RegisterError, match="owns the tables"):
            shared.people.give_login("coordinator")
    finally:
        with shared.session.store.writing() as connection:
            connection.exec_driver_sql("DROP ROLE postgres_like")


def test_a_file_has_no_logins(tmp_path, clock) -> None:
    with (
        Register.create(tmp_path / "r.db", a_study(), key_file=tmp_path / "key", clock=clock) as register,
        pytest.raises(RegisterError, match="needs a register on PostgreSQL"),
    ):
        register.people.add("els", "auditor")
        register.people.give_login("els")
