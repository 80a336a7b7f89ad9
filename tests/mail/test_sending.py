"""What leaves, when, and what is on record whatever the server does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from corrtest.mail import Outcome, due_letters, mail_of, read_draft, read_mail_plan, rehearse, send_due, unsettled
from corrtest.register import Refusal, Register
from tests.mail.conftest import TEXT, SmtpServer, a_register, mailboxes
from tests.register.conftest import Clock

BOX = "box@post.example"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRTEST_MAIL_PASSWORD_BOX_POST_EXAMPLE", "secret")


def sent_by(register: Register, path: Path, documents: Path, waits: list[float] | None = None) -> list[Outcome]:
    plan = read_mail_plan(path)
    if not register.post.rehearsed():
        register.post.rehearse(register.now(), 1)
    wait = (lambda seconds: None) if waits is None else waits.append
    return list(send_due(register, plan, documents, actor="coordinator", wait=wait))


def kinds(outcomes: list[Outcome]) -> list[str]:
    return [each.kind for each in outcomes]


def states(register: Register) -> list[str]:
    return sorted(letter.state for letter in register.post.letters())


def test_each_letter_goes_once_through_its_mailbox(register, server, documents, tmp_path, clock):
    path, waits = mailboxes(tmp_path, server.port, pause=2.0), []
    assert kinds(sent_by(register, path, documents, waits)) == ["sent"] * 4
    assert len(waits) == 3
    assert all(2 <= each <= 6 for each in waits)
    assert len(set(waits)) == 3
    assert sent_by(register, path, documents) == []
    clock.at += timedelta(days=1)
    assert kinds(sent_by(register, path, documents)) == ["sent"] * 4
    assert len(server.took) == 8
    assert sorted(to for (to, _), _ in server.took) == sorted(2 * [f"jobs@firm40000000{n}.example" for n in range(4)])
    assert {copy for (_, copy), _ in server.took} == {BOX}
    assert len({message_from_bytes(mail)["Message-ID"] for _, mail in server.took}) == 8
    assert register.oversight.verify().passed


def test_a_mail_says_what_the_documents_say_and_names_no_program(register, server, documents, tmp_path):
    sent_by(register, mailboxes(tmp_path, server.port), documents)
    for (to, _), source in server.took:
        mail = message_from_bytes(source, policy=policy.default)
        assert mail["To"] == to
        assert mail["Subject"] == "Sollicitatie metselaar – één"
        assert mail["Date"].endswith("+0100")
        assert mail["Message-ID"].endswith("@post.example>")
        text, file = mail.iter_parts()
        assert text.get_content().split() == TEXT.split()
        assert file.get_filename().startswith("CV ")
        assert file.get_content().startswith(b"%PDF-1.7")
        assert set(mail.keys()) == {
            "Message-ID", "Date", "MIME-Version", "Content-Language", "To", "From", "Subject", "Content-Type",
        }  # fmt: skip
        assert BOX.encode() not in source
        assert not any(word in source.lower() for word in (b"python", b"corrtest", b"==============="))
    assert set(server.greeted) == {"[127.0.0.1]"}


def test_the_same_letter_has_the_same_source(documents):
    draft = read_draft(documents / "P00001" / "control")
    at = datetime(2027, 1, 11, 12, tzinfo=UTC)
    first, again = (mail_of(draft, "jobs@firm.example", "<1@post.example>", at, language="nl") for _ in range(2))
    assert first == again != mail_of(draft, "jobs@firm.example", "<2@post.example>", at, language="nl")


def test_nothing_goes_before_a_rehearsal_and_a_rehearsal_counts_for_nothing(register, server, documents, tmp_path):
    plan = read_mail_plan(mailboxes(tmp_path, server.port))
    with pytest.raises(Refusal, match=r"test@study\.example"):
        list(send_due(register, plan, documents, actor="coordinator", wait=lambda seconds: None))
    due = due_letters(register, plan, documents, register.now(), actor="coordinator")
    assert rehearse(register, plan, {due[0].mailbox: due[0].draft}, register.now(), actor="coordinator") == 1
    assert [to for to, _ in server.took] == [("test@study.example", BOX)]
    assert register.post.letters() == ()
    assert len(register.sending.worklist(register.now())) == 4


@pytest.mark.parametrize(
    ("name", "kind", "state", "copies"),
    [
        ("later", "refused", "refused", 0),
        ("unknown", "refused", "refused", 0),
        ("breaks", "refused", "refused", 0),
        ("drops", "unsettled", "on_its_way", 1),
    ],
)
def test_whatever_the_server_does_is_on_record(
    name: str, kind: str, state: str, copies: int, tmp_path: Path, documents: Path, clock: Clock, server: SmtpServer
):
    path = mailboxes(tmp_path, server.port)
    addresses = [f"{name}@firm0.example", *(f"jobs@firm{n}.example" for n in (1, 2, 3))]
    with a_register(tmp_path, documents, clock, addresses) as register:
        assert sorted(kinds(sent_by(register, path, documents))) == sorted([kind, "sent", "sent", "sent"])
        assert states(register) == sorted([state, "sent", "sent", "sent"])
        assert sum(to[0] == addresses[0] for to, _ in server.took) == copies
        # What a server puts off goes again by itself; what it refused, or may have, waits for a person.
        again = kinds(sent_by(register, path, documents))
        assert again == (["refused"] if name in ("later", "breaks") else [])
        assert register.oversight.verify().passed


def test_what_may_be_out_is_sent_again_only_on_a_persons_word(tmp_path, documents, clock, server):
    path = mailboxes(tmp_path, server.port)
    with a_register(
        tmp_path, documents, clock, ["drops@firm0.example", *(f"j@firm{n}.example" for n in (1, 2, 3))]
    ) as register:
        sent_by(register, path, documents)
        (letter,) = unsettled(register, actor="coordinator")
        register.people.add("other", "coordinator")
        with pytest.raises(Refusal, match="claimed"):  # nobody else can send it meanwhile
            register.sending.mark_sent(letter.pair_id, letter.arm, register.now(), actor="other")
        register.post.free(letter.pair_id, letter.arm)
        assert kinds(sent_by(register, path, documents)) == ["unsettled"]
        register.post.settle(letter.pair_id, letter.arm, went=True, how="person")
        assert states(register) == ["sent"] * 4
        with pytest.raises(Refusal):
            register.post.settle(letter.pair_id, letter.arm, went=True, how="person")
        assert register.oversight.verify().passed


def test_a_stop_holds_within_one_letter(register, server, documents, tmp_path):
    plan = read_mail_plan(mailboxes(tmp_path, server.port))
    register.post.rehearse(register.now(), 1)
    sending = send_due(register, plan, documents, actor="coordinator", wait=lambda seconds: None)
    assert next(sending).kind == "sent"
    register.supervision.stop("an employer found out")
    with pytest.raises(Refusal, match="stopped"):
        next(sending)
    assert len(server.took) == 1


@pytest.mark.parametrize(
    "at",
    [
        datetime(2027, 1, 11, 6, 59, tzinfo=UTC),
        datetime(2027, 1, 11, 17, tzinfo=UTC),
        datetime(2027, 1, 16, 12, tzinfo=UTC),
    ],
)
def test_nothing_goes_outside_the_hours(at, register, server, documents, tmp_path, clock):
    clock.at = at
    assert kinds(sent_by(register, mailboxes(tmp_path, server.port), documents)) == ["later"]
    assert server.took == []


def test_a_mailbox_gets_no_more_than_its_hour_allows(tmp_path, documents, clock, server):
    with a_register(tmp_path, documents, clock) as register:
        path = mailboxes(tmp_path, server.port, per_hour=2)
        assert kinds(sent_by(register, path, documents)) == ["sent", "sent", "later", "later"]
        assert kinds(sent_by(register, path, documents)) == ["later", "later"]
        clock.at += timedelta(minutes=61)
        assert kinds(sent_by(register, path, documents)) == ["sent", "sent"]


def test_specimens_and_strangers_are_held(register, server, documents, tmp_path):
    (documents / "manifest.json").write_text('{"specimen": true}')
    outcomes = sent_by(register, mailboxes(tmp_path, server.port), documents)
    assert kinds(outcomes) == ["held"] * 4
    assert all("specimens" in each.why for each in outcomes)
    assert server.took == []
