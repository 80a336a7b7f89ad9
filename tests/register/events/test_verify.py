"""Whatever is altered or dropped is found, and the first bad event named."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.register import Register
from tests.register.conftest import Clock, a_plan, a_study, ready, sent_rows

UNLOCK = {
    "sqlite": ("DROP TRIGGER event_refuses_update", "DROP TRIGGER event_refuses_delete"),
    "postgresql": ("DROP TRIGGER event_refuses_change ON event",),
}


@pytest.fixture
def worked(register: Register) -> Register:
    register.sending.import_sent(sent_rows(4))
    register.replies.record("P00001", "control", "invitation", "2027-01-13", text="Kom!")
    return register


def tamper(register: Register, *statements: str) -> None:
    """What somebody does who has the database and none of the rules."""
    with register.session.store.writing() as connection:
        for statement in (*UNLOCK[register.session.store.dialect], *statements):
            connection.execute(sa.text(statement))


def test_an_honest_register(worked: Register) -> None:
    found = worked.oversight.verify()
    assert found.passed
    assert found.problems == ()
    assert found.events == len(worked.oversight.audit_trail())
    assert worked.oversight.verify(head=found.head).passed


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE event SET actor = 'eve' WHERE seq = 9", 9),
        ("UPDATE event SET payload = replace(payload, '2027', '2026') WHERE seq = 8", 8),
        ("UPDATE event SET recorded_at = '2020-01-01T00:00:00.000Z' WHERE seq = 5", 5),
        ("UPDATE event SET pair_id = NULL WHERE seq = 10", 10),
        ("UPDATE event SET hash = previous WHERE seq = 6", 6),
        ("DELETE FROM event WHERE seq = 7", 7),
        ("DELETE FROM event WHERE seq = 1", 1),
        ("UPDATE event SET seq = 999 WHERE seq = 4", 4),
    ],
)
def test_the_first_bad_event_is_named(worked: Register, statement: str, first_bad: int) -> None:
    worked.session.keys = None
    tamper(worked, "DELETE FROM note", statement)
    found = worked.oversight.verify()
    assert found.first_bad == first_bad
    assert f"Event {first_bad} " in found.problems[0]


def test_a_dropped_end_is_found(worked: Register) -> None:
    head = worked.oversight.verify().head
    tamper(worked, "DELETE FROM note", "DELETE FROM event WHERE seq > 10")
    assert "Event 11 is missing" in worked.oversight.verify().problems[0]
    # also where the thief thinks of the note of the chain's end
    tamper_end = "UPDATE chain SET events = 10, head = (SELECT hash FROM event WHERE seq = 10)"
    with worked.session.store.writing() as connection:
        connection.execute(sa.text(tamper_end))
    found = worked.oversight.verify()
    assert any("stands otherwise than its events say" in problem for problem in found.problems)
    assert any("events were dropped" in problem for problem in worked.oversight.verify(head=head).problems)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE application SET state = 'closed' WHERE application_ref = 1", "Pair P00001, control"),
        ("UPDATE application SET reaction = 'negative' WHERE reaction = 'invitation'", "Pair P00001, control"),
        ("UPDATE application SET due_on = '2027-05-01' WHERE application_ref = 1", "plan .* is not the one"),
        ("UPDATE pair SET level = 'none' WHERE pair_ref = 1", "plan .* is not the one"),
        ("UPDATE pair SET employer = 'E1' WHERE pair_ref = 1", "plan .* is not the one"),
        ("UPDATE study SET authorised_by = 'nobody'", "What allows the study"),
        ("UPDATE actor SET role = 'auditor'", "The people in the register"),
        ("INSERT INTO stop VALUES ('study', 'small', 'x', 'x')", "The stops are not"),
        ("DELETE FROM note", "Texts of employers are missing"),
        ("UPDATE chain SET events = 3", "noted at event 3 and should be at event"),
    ],
)
def test_what_follows_from_the_events_is_compared(worked: Register, statement: str, words: str) -> None:
    tamper(worked, statement)
    found = worked.oversight.verify()
    assert found.first_bad is None
    assert [problem for problem in found.problems if re.search(words, problem)]


def test_a_cap_broken_behind_the_register_s_back(worked: Register) -> None:
    tamper(worked, "UPDATE employer SET group_ref = 1")
    assert "1 employer(s) got more pairs than a cap allows." in worked.oversight.verify().problems


def test_a_flipped_byte_is_found_wherever_an_event_lies(tmp_path: Path, clock: Clock) -> None:
    """Every byte of an event's text, one at a time, in copies of the file; SQLite's own format is known here."""
    study, key_file = a_study(), tmp_path / "key"
    with ready(Register.create(tmp_path / "r.db", study, key_file=key_file, clock=clock), a_plan(study)) as register:
        register.sending.import_sent(sent_rows(4))
        register.session.store.outside_transactions("PRAGMA wal_checkpoint(TRUNCATE)")
        trail = register.oversight.audit_trail()
    content = (tmp_path / "r.db").read_bytes()
    rng = random.Random(1)
    tried = 0
    for seq, payload in zip(trail["seq"], trail["payload"], strict=True):
        place = content.find(payload.encode())
        if place < 0 or content.count(payload.encode()) > 1 or len(payload) > 500:
            continue
        for offset in rng.sample(range(len(payload)), 8):
            damaged = bytearray(content)
            damaged[place + offset] ^= 1 << rng.randrange(8)
            (tmp_path / "bad.db").write_bytes(damaged)
            with Register.open(tmp_path / "bad.db", key_file=key_file, clock=clock) as opened:
                assert opened.oversight.verify().first_bad == seq
            tried += 1
    assert tried > 40


@pytest.mark.slow
def test_no_flipped_byte_in_the_event_table_passes(tmp_path: Path, clock: Clock) -> None:
    """Random bytes anywhere in the file: found, or without any effect on what the register says."""
    study, key_file = a_study(), tmp_path / "key"
    with ready(Register.create(tmp_path / "r.db", study, key_file=key_file, clock=clock), a_plan(study)) as register:
        register.sending.import_sent(sent_rows(4))
        register.session.store.outside_transactions("PRAGMA wal_checkpoint(TRUNCATE)")
        trail = register.oversight.audit_trail().to_csv()
    content = (tmp_path / "r.db").read_bytes()
    rng = random.Random(2)
    found = harmless = 0
    for _ in range(400):
        damaged = bytearray(content)
        damaged[rng.randrange(100, len(content))] ^= 1 << rng.randrange(8)
        (tmp_path / "bad.db").write_bytes(damaged)
        for rest in ("-wal", "-shm"):
            (tmp_path / f"bad.db{rest}").unlink(missing_ok=True)
        try:
            with Register.open(tmp_path / "bad.db", key_file=key_file, clock=clock) as opened:
                if opened.oversight.verify().passed:
                    assert opened.oversight.audit_trail().to_csv() == trail
                    harmless += 1
                else:
                    found += 1
        except RegisterError:
            found += 1
    assert found > 20
    assert found + harmless == 400
