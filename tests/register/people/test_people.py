"""People, their firms and their tokens."""

from __future__ import annotations

import pytest

from corrtest.errors import InputError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST


class TestTokens:
    def test_a_name_needs_its_token(self, register: Register) -> None:
        register.people.add("nora", "partner", partner="north")
        token = register.people.give_token("nora")
        with pytest.raises(Refusal, match="nora has a token, and none was given") as refused:
            register.sending.claim("P00001", "control", FIRST, actor="nora")
        assert refused.value.reason == "token"
        register.session.token = "guessed"
        with pytest.raises(Refusal, match="another was given"):
            register.sending.worklist(FIRST, actor="nora")
        register.session.token = token
        register.sending.claim("P00001", "control", FIRST, actor="nora")
        register.session.token = None
        register.sending.mark_sent("P00002", "treated", FIRST)  # who has none is taken on trust
        assert register.oversight.verify().passed
        assert token not in str(register.oversight.audit_trail().values.tolist())

    def test_the_coordinator_s_own(self, register: Register) -> None:
        register.people.give_token("coordinator")
        register.sending.mark_sent("P00001", "control", FIRST)
        register.session.token = None
        with pytest.raises(Refusal, match="none was given"):
            register.people.add("eve", "coordinator")

    def test_a_token_exchanged_in_the_table_is_found(self, register: Register) -> None:
        register.people.give_token("coordinator")
        with register.session.store.writing() as connection:
            connection.exec_driver_sql("UPDATE actor SET token_sha256 = NULL")
        register.session.token = None
        assert "The people in the register" in register.oversight.verify().problems[0]


def test_a_partner_needs_a_firm(register: Register) -> None:
    with pytest.raises(InputError, match="say for which one"):
        register.people.add("nora", "partner")
    with pytest.raises(InputError, match="Did you mean 'coder'"):
        register.people.add("nora", "codder")
