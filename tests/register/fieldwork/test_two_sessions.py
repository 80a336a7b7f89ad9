"""Two people at two places: what one did, the other sees."""

from __future__ import annotations

import pytest

from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, SECOND, Reopen, events


class TestWhatAnotherDid:
    """An act goes by what stands in the register at that moment, not by what its session saw before."""

    @pytest.fixture
    def elsewhere(self, register: Register, reopen: Reopen) -> Register:
        other = reopen()
        for pair, arm in (("P00001", "control"), ("P00002", "treated")):
            other.sending.mark_sent(pair, arm, FIRST)
        return other

    def test_another_s_claim_is_seen(self, register: Register, elsewhere: Register) -> None:
        register.people.add("ann", "partner", partner="a")
        elsewhere.sending.claim("P00003", "control", FIRST)
        elsewhere.sending.release("P00003", "control", FIRST)
        register.sending.claim("P00003", "control", FIRST, actor="ann")
        with pytest.raises(Refusal, match="claimed by ann until"):
            elsewhere.sending.claim("P00003", "control", FIRST)
        register.sending.release("P00003", "control", FIRST, actor="ann")
        elsewhere.sending.claim("P00003", "control", FIRST)
        assert register.oversight.verify().passed

    def test_work_goes_on_in_turn(self, register: Register, elsewhere: Register) -> None:
        for word in ("automatic", "request", "negative", "other_positive"):
            for each, at in ((elsewhere, SECOND), (register, "2027-01-12T09:01")):
                each.replies.record("P00001", "control", word, at)
                each.replies.record("P00002", "treated", word, at)
        assert len(events(register, "reaction")) == 16
        assert register.oversight.verify().passed

    def test_what_was_forbidden_is_asked_again(self, register: Register, elsewhere: Register) -> None:
        register.supervision.stop("complaint")
        with pytest.raises(Refusal, match="is stopped"):
            elsewhere.sending.claim("P00003", "control", FIRST)
        elsewhere.replies.record("P00001", "control", "automatic", SECOND)
        elsewhere.replies.record("P00001", "control", "negative", SECOND)
        register.supervision.resume()
        elsewhere.sending.claim("P00003", "control", FIRST)

    def test_a_refusal_is_recorded_once(self, register: Register, elsewhere: Register) -> None:
        with pytest.raises(Refusal, match="has not been sent"):
            elsewhere.sending.mark_sent("P00003", "treated", FIRST)
        assert events(register, "refused") == ['{"action":"send","reason":"not_due"}']
