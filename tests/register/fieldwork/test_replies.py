"""What an employer did, in the words that there are for it."""

from __future__ import annotations

import pytest

from corrtest.errors import InputError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST


def test_none_cannot_be_typed(register: Register) -> None:
    with pytest.raises(InputError, match="derives 'none'"):
        register.replies.record("P00001", "control", "none", FIRST)


@pytest.mark.parametrize(
    ("arm", "reaction", "at", "words"),
    [
        ("control", "invitaton", FIRST, "Did you mean 'invitation'"),
        ("kontrol", "invitation", FIRST, "Did you mean 'control'"),
        ("control", "invitation", "1/13/2027", "day, month and year"),
        ("control", "invitation", "0001-01-01T00:00+05:00", "day, month and year"),
    ],
)
def test_wrong_words_are_named(register: Register, arm: str, reaction: str, at: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        register.replies.record("P00001", arm, reaction, at)


def test_a_withdrawal_without_a_reaction_is_asked_and_a_late_one_is_said(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match="nothing to withdraw"):
        register.replies.withdraw("P00001", "control", "2027-01-13")
    register.replies.withdraw("P00001", "control", "2027-01-13", unprompted=True)
    register.sending.mark_sent("P00002", "treated", FIRST)
    register.replies.record("P00002", "treated", "invitation", "2027-01-13T10:00")
    register.replies.withdraw("P00002", "treated", "2027-01-14T10:30")
    assert "withdrawn 25 hours after the reaction; the study allows 24" in " ".join(register.remarks)
    register.sending.mark_sent("P00003", "control", FIRST)
    register.replies.record("P00003", "control", "invitation", "2027-01-13T10:00")
    register.replies.withdraw("P00003", "control", "2027-01-14T10:00")
    assert not register.remarks
    assert register.oversight.status().late_withdrawals == 1


def test_a_reaction_before_sending_is_refused(register: Register) -> None:
    with pytest.raises(Refusal, match="planned cannot be given a reaction"):
        register.replies.record("P00001", "control", "negative", FIRST)
    register.sending.mark_sent("P00001", "control", FIRST)
    with pytest.raises(Refusal, match="earlier than the sending"):
        register.replies.record("P00001", "control", "negative", "2027-01-11T08:00")
