"""What comes in is kept once, whatever happens meanwhile, and a person says what it is."""

from __future__ import annotations

import mailbox as archives
import multiprocessing
import os
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from corrtest.errors import RegisterError
from corrtest.mail import MailPlan, confirm, fetch, one_answer, read_answers, read_folder, read_message
from corrtest.register import Mark, Refusal, Register
from tests.mail.dovecot import DovecotBox, a_box
from tests.mail.made import a_bounce, a_mail
from tests.register.conftest import AFTER, PEOPLE, Clock

JOBS = "jobs@firm400000000.example"
YASSINE = "yassine@post.example"


@pytest.fixture
def out(register: Register, clock: Clock) -> Register:
    """A register of which every letter is out, and three days have passed."""
    for position in (1, 2):
        for row in register.sending.worklist(register.now()).to_dict("records"):
            register.sending.mark_sent(row["pair_id"], row["arm"], register.now())
        clock.at += timedelta(days=position)
    return register


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DovecotBox:
    return a_box(tmp_path, monkeypatch)


def taken(register: Register, box: DovecotBox) -> tuple[int, int, int, int]:
    (found,) = fetch(register, box.plan, actor="coordinator")
    assert found.trouble == ""
    return found.matched, found.unmatched, found.known, found.own


def read(register: Register, folder: Path, *sources: bytes) -> list[int]:
    """Keep these mails as files; return the numbers of all that is kept."""
    folder.mkdir(exist_ok=True)
    for number, source in enumerate(sources):
        (folder / f"{number}.eml").write_bytes(source)
    assert not any(each.trouble for each in read_folder(register, folder, None, actor="coordinator"))
    return list(register.inbox.mails())


def answer(number: int = 1, **options: str) -> bytes:
    return a_mail(YASSINE, **{"sender": JOBS, "number": number, **options}).as_bytes()


def kept(register: Register) -> list[bytes]:
    return list(register.inbox.sources(list(register.inbox.mails())).values())


def identities(sources: list[bytes]) -> list[str]:
    return [read_message(each).identity for each in sources]


class TestFetching:
    def test_what_came_in_is_kept_once_and_the_mailbox_stays_as_it_was(self, out: Register, box: DovecotBox) -> None:
        mails = [answer(n) for n in range(3)] + [a_mail(sender="win@prizes.example", number=9).as_bytes()]
        box.put(*mails)
        assert taken(out, box) == (3, 1, 0, 0)
        assert taken(out, box) == (0, 0, 0, 0)
        box.put(answer(4), answer(0))
        assert taken(out, box) == (1, 0, 1, 0)
        assert box.seen() == 0
        assert [read_message(each).identity for each in kept(out)[:4]] == [
            read_message(each).identity for each in mails
        ]
        assert out.oversight.verify().passed

    def test_a_server_that_numbers_anew_is_read_from_the_start_and_nothing_is_kept_twice(
        self, out: Register, box: DovecotBox
    ) -> None:
        with box.server() as server:
            server.create("Junk")
        box.put(answer(1), answer(2), folder="Junk")
        assert taken(out, box) == (2, 0, 0, 0)
        box.number_anew("Junk")
        box.put(answer(3), folder="Junk")
        assert taken(out, box) == (1, 0, 2, 0)
        assert taken(out, box) == (0, 0, 0, 0)

    def test_copies_of_our_own_letters_are_left(self, out: Register, box: DovecotBox) -> None:
        rehearsal = a_mail("test@study.example", sender="Wim <wim@post.example>").as_bytes()
        box.put(rehearsal, answer(1))
        assert taken(out, box) == (1, 0, 0, 1)

    def test_a_mailbox_that_cannot_be_reached_is_said(
        self, out: Register, box: DovecotBox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(box.plan.mailboxes[0].variable, "wrong")
        (found,) = fetch(out, box.plan, actor="coordinator")
        assert "refuses" in found.trouble

    def test_what_was_kept_before_a_crash_is_not_kept_again(self, out: Register, box: DovecotBox) -> None:
        survive_kills(out, box, mails=8, kills=3)

    @pytest.mark.slow
    def test_two_hundred_kills_lose_nothing_and_double_nothing(self, out: Register, box: DovecotBox) -> None:
        survive_kills(out, box, mails=400, kills=200)


def survive_kills(register: Register, box: DovecotBox, *, mails: int, kills: int) -> None:
    """Kill a fetching program at chance moments while mail comes in; at last everything is there, once."""
    chance, put = random.Random(7), 0
    where, keys = register.session.store.path, register.keys
    assert where is not None
    assert keys is not None
    killed = 0
    for _ in range(kills):
        fresh = min(mails - put, -(-mails // kills))
        box.put(*(answer(put + n) for n in range(fresh)))
        put += fresh
        told = (where, keys.path, box.plan, register.now())
        process = multiprocessing.get_context("fork").Process(target=fetch_again, args=told)
        process.start()
        time.sleep(chance.uniform(0.0, 0.12))
        killed += process.is_alive()
        process.kill()
        process.join()
    assert killed > kills / 4
    matched, unmatched, *_ = taken(register, box)
    assert unmatched == 0
    assert len(kept(register)) == mails >= matched
    assert {read_message(each).message_id for each in kept(register)} == {f"<{n}@made.example>" for n in range(mails)}
    assert register.oversight.verify().passed


def fetch_again(where: Path, key_file: Path, plan: MailPlan, at: datetime) -> None:
    with Register.open(where, key_file=key_file, clock=Clock(at)) as register:
        list(fetch(register, plan, actor="coordinator"))
    os._exit(0)


class TestReading:
    def test_files_of_each_kind_and_a_mail_that_was_fetched_before(self, out: Register, tmp_path: Path) -> None:
        folder = tmp_path / "mails"
        (folder / "more").mkdir(parents=True)
        (folder / "one.eml").write_bytes(answer(1))
        archive = archives.mbox(folder / "more" / "all.mbox")
        for number in (1, 2, 3):
            archive.add(answer(number, text="Beste\n\nFrom Monday on.\n" if number == 3 else "Helaas.\n"))
        archive.close()
        (folder / "photo.jpg").write_bytes(b"x")
        found = {each.place: each for each in read_folder(out, folder, None, actor="coordinator")}
        assert (found["one.eml"].matched, found["all.mbox"].matched) == (1, 3)
        again = list(read_folder(out, folder, None, actor="coordinator"))
        assert [each.known for each in again] == [3, 1]
        exported = tmp_path / "three.eml"
        exported.write_bytes(answer(3, text="Beste\n\nFrom Monday on.\n").replace(b"\n", b"\r\n"))
        assert next(iter(read_folder(out, exported, None, actor="coordinator"))).known == 1

    def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(self, out: Register, tmp_path: Path) -> None:
        (tmp_path / "mails").mkdir()
        (tmp_path / "mails" / "a.msg").write_bytes(b"no mail of Outlook")
        (tmp_path / "mails" / "b.eml").write_bytes(answer(1))
        first, second = read_folder(out, tmp_path / "mails", None, actor="coordinator")
        assert "a.msg" in first.trouble
        assert second.matched == 1

    def test_nothing_to_read_is_said(self, out: Register, tmp_path: Path) -> None:
        with pytest.raises(RegisterError, match=r"holds no mail.*\.mbox"):
            list(read_folder(out, tmp_path / "documents", None, actor="coordinator"))

    def test_a_date_that_cannot_be_gives_way_to_when_it_was_read(self, out: Register, tmp_path: Path) -> None:
        dates = ("Tue, 12 Jan 2038 10:00:00 +0100", "no date", "Tue, 12 Jan 2027 10:00:00 +0100")
        read(out, tmp_path / "mails", *(answer(n, date=date) for n, date in enumerate(dates)))
        days = [mail.at[:10] for mail in out.inbox.mails().values()]
        assert days == ["2027-01-14", "2027-01-14", "2027-01-12"]


class TestAnswers:
    def test_the_arm_is_masked_for_who_codes(self, out: Register, tmp_path: Path) -> None:
        mail = a_mail(YASSINE, sender=JOBS, subject="RE: Sollicitatie Yassine El Amrani",
                      text="Beste Yassine,\n\nWij bellen u op 0470 22 22 22, anders Jan Claes.\n")  # fmt: skip
        mail.add_attachment(b"x", maintype="application", subtype="pdf", filename="Uitnodiging Yassine.pdf")
        read(out, tmp_path / "mails", mail.as_bytes())
        (shown,) = read_answers(out, actor="coordinator")
        assert shown.subject == "RE: Sollicitatie […]"
        assert shown.text == "Beste […],\n\nWij bellen u op […], anders […]."
        assert shown.attachments == ("Uitnodiging […].pdf",)
        (number,) = shown.applications
        assert out.finding.numbered(number).candidate.name == "Yassine El Amrani"

    def test_what_is_confirmed_is_the_reaction_with_the_date_and_the_words_of_the_mail(
        self, out: Register, tmp_path: Path
    ) -> None:
        (number,) = read(out, tmp_path / "mails", answer(text="Kom maandag, Yassine.\n"))
        confirm(out, number, "invitation", actor="coordinator")
        assert read_answers(out, actor="coordinator") == []
        assert one_answer(out, number, actor="coordinator").mail.outcome == "invitation"
        waiting = out.replies.awaiting_withdrawal(out.now())
        assert list(waiting["pair_id"]) == ["P00001"]
        out.people.add("cas", "coder")
        (item,) = out.coding.waiting(actor="cas").to_dict("records")
        assert "Kom maandag, […]." in item["text"]
        with pytest.raises(Refusal, match="confirmed already"):
            confirm(out, number, "negative", actor="coordinator")
        assert out.oversight.verify().passed

    def test_what_was_confirmed_wrongly_waits_again_once_it_is_taken_back(self, out: Register, tmp_path: Path) -> None:
        (number,) = read(out, tmp_path / "mails", answer())
        confirm(out, number, "negative", actor="coordinator")
        event = out.corrections.events("P00001", "treated")["event"].max()
        out.corrections.take_back(int(event), "read in haste", out.now())
        assert [each.mail.state for each in read_answers(out, actor="coordinator")] == ["waiting"]
        confirm(out, number, "invitation", actor="coordinator")
        assert out.oversight.verify().passed

    def test_an_answer_to_both_is_a_reaction_to_both(self, out: Register, tmp_path: Path) -> None:
        both = a_mail(f"{YASSINE}, jan.claes@post.example", sender=JOBS)
        (number,) = read(out, tmp_path / "mails", both.as_bytes())
        confirm(out, number, "request", actor="coordinator")
        table = out.oversight.export_pairs(as_of=AFTER)
        assert (table[["control_reaction", "treated_reaction"]] == "request").all(axis=1).sum() == 1

    def test_several_answers_each_stand(self, out: Register, tmp_path: Path) -> None:
        first, second = read(out, tmp_path / "mails", answer(1), answer(2, date="Thu, 14 Jan 2027 09:00:00 +0100"))
        confirm(out, first, "automatic", actor="coordinator")
        confirm(out, second, "negative", actor="coordinator")
        assert [mail.outcome for mail in out.inbox.mails().values()] == ["automatic", "negative"]

    def test_a_bounce_ends_its_application(self, out: Register, tmp_path: Path) -> None:
        (number,) = read(out, tmp_path / "mails", a_bounce("<unknown@post.example>", YASSINE))
        assert one_answer(out, number, actor="coordinator").mail.kinds == ("bounce",)
        out.inbox.place(number, [out.finding.one(YASSINE, "reaction")])
        out.inbox.confirm_bounce(number, "it came back")
        assert out.finding.one(YASSINE, "reaction").state == "failed"
        assert out.oversight.verify().passed

    def test_what_is_not_matched_stays_on_the_list_until_a_person_says_what_it_is(
        self, out: Register, tmp_path: Path
    ) -> None:
        strange = [a_mail(YASSINE, sender="x@agency.example", number=n).as_bytes() for n in range(3)]
        linked, aside, left = read(out, tmp_path / "mails", *strange)
        (_, _, shown) = read_answers(out, actor="coordinator")
        assert shown.mail.likely == (out.finding.one(YASSINE, "reaction").number,)
        with pytest.raises(Refusal, match="mail link"):
            confirm(out, linked, "negative", actor="coordinator")
        out.inbox.place(linked, [out.finding.one(YASSINE, "reaction")])
        out.inbox.set_aside(aside, "advertising")
        states = {each.mail.number: each.mail.state for each in read_answers(out, actor="coordinator")}
        assert states == {linked: "waiting", left: "unmatched"}
        assert len(kept(out)) == 3
        confirm(out, linked, "negative", actor="coordinator")
        assert out.oversight.verify().passed


class TestKeeping:
    def test_nothing_of_a_mail_is_readable_in_the_file(self, out: Register, tmp_path: Path) -> None:
        read(out, tmp_path / "mails", answer(text="Geheim woord: xylofoon\n"))
        stored = b"".join(file.read_bytes() for file in tmp_path.glob("register.db*"))
        assert b"xylofoon" not in stored
        assert YASSINE.encode() not in stored
        assert b"xylofoon" in kept(out)[0]

    def test_a_mail_that_is_altered_or_dropped_is_found(self, out: Register, tmp_path: Path) -> None:
        read(out, tmp_path / "mails", answer(1), answer(2))
        with out.session.store.writing() as connection:
            connection.execute(sa.text("UPDATE mail SET sealed = x'00' WHERE seq = (SELECT min(seq) FROM mail)"))
        assert "Texts" in out.oversight.verify().problems[0]
        with out.session.store.writing() as connection:
            connection.execute(sa.text("DELETE FROM mail"))
        assert "Texts" in out.oversight.verify().problems[0]

    def test_who_has_no_part_in_the_field_work_sees_none(self, out: Register, tmp_path: Path) -> None:
        (number,) = read(out, tmp_path / "mails", answer())
        for role in ("coder", "analyst"):
            out.people.add(role, role)
            with pytest.raises(Refusal):
                out.inbox.sources([number], actor=role)
            with pytest.raises(Refusal):
                confirm(out, number, "negative", actor=role)

    def test_how_far_was_read_is_known_by_mailbox_and_folder(self, out: Register) -> None:
        out.inbox.mark("a", "INBOX", Mark(validity=1, last=5))
        out.inbox.mark("a", "INBOX", Mark(validity=1, last=9))
        out.inbox.mark("a", "Junk", Mark(validity=2, last=3))
        assert out.inbox.marks() == {("a", "INBOX"): Mark(validity=1, last=9), ("a", "Junk"): Mark(validity=2, last=3)}


def test_the_people_of_these_tests_are_those_of_the_register() -> None:
    assert PEOPLE["P00001", "treated"][1] == YASSINE
