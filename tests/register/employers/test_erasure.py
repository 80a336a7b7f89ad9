"""Identities and texts destroyed, the rest whole."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from corrtest.register import Refusal, Register
from tests.register.conftest import AFTER, FIRST, Reopen, a_plan, a_study, ready, sent_rows


def finished(register: Register) -> Register:
    register.sending.import_sent(sent_rows(4))
    register.replies.record("P00001", "control", "negative", "2027-01-13", text="Firma Janssens schrijft")
    register.inbox.keep(b"From: a@b.example", "one", "2027-01-13", kinds=(), answered=(), evidence=())
    register.replies.close_applications(AFTER)
    return register


class TestErase:
    def test_identities_and_texts_are_gone_and_the_rest_is_whole(
        self, register: Register, reopen: Reopen, key_file: Path
    ) -> None:
        finished(register)
        before = register.oversight.export_pairs(as_of=AFTER)
        register.employers.block(pair_id="P00002")
        erased = register.employers.erase(date(2027, 3, 1), "2027-03-02")
        assert (erased.vacancies, erased.texts, erased.employers) == (4, 2, 3)
        again = reopen()
        assert again.oversight.export_pairs(as_of=AFTER).equals(before)
        assert again.oversight.verify().passed
        assert "small" not in json.loads(key_file.read_text())["studies"]
        with pytest.raises(Refusal, match="was erased on"):
            again.sending.mark_sent("P00001", "control", FIRST)
        with again.session.store.reading() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM note")).scalar() == 0
            assert connection.execute(sa.text("SELECT count(*) FROM mail")).scalar() == 0
            assert connection.execute(sa.text("SELECT count(*) FROM vacancy WHERE sealed IS NOT NULL")).scalar() == 0
            assert connection.execute(sa.text("SELECT count(*) FROM employer WHERE token IS NOT NULL")).scalar() == 1

    def test_the_file_itself_holds_nothing_sealed_any_more(self, register: Register) -> None:
        finished(register)
        path = register.session.store.path
        with register.session.store.reading() as connection:
            query = "SELECT sealed FROM vacancy UNION ALL SELECT sealed FROM mail"
            sealed = connection.execute(sa.text(query)).scalars().all()
            assert len(sealed) == 5
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
