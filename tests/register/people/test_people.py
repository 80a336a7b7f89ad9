"""People, their firms and their tokens."""

from __future__ import annotations

import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, Make, a_plan, a_study, ready


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


class TestComingAndGoing:
    def test_a_firm_is_one_that_the_study_knows(self, make: Make) -> None:
        study = a_study()
        register = ready(make(study), a_plan(study, partner=["BureauNoord", "BureauZuid"]))
        with pytest.raises(InputError, match=r"No study and no plan names the firm 'BureuNoord'.*\n.*'BureauNoord'"):
            register.people.add("nora", "partner", partner="BureuNoord")
        register.people.add("nora", "partner", partner="BureauNoord")
        with pytest.raises(InputError, match="Leave --partner out"):
            register.people.add("cas", "coder", partner="BureauNoord")

    def test_a_person_gets_another_firm_and_role(self, make: Make) -> None:
        study = a_study()
        register = ready(make(study), a_plan(study, partner=["noord", "zuid"]))
        register.people.add("nora", "partner", partner="noord")
        register.sending.claim("P00001", "control", FIRST, actor="nora")
        register.people.change("nora", "partner", partner="zuid")
        assert set(register.sending.worklist(FIRST, actor="nora")["pair_id"]) == {"P00002", "P00004"}
        assert "P00001" in set(register.sending.worklist(FIRST)["pair_id"])  # what she had claimed is free again
        register.people.change("nora", "coder")
        with pytest.raises(Refusal, match="role coder"):
            register.sending.worklist(FIRST, actor="nora")
        with pytest.raises(RegisterError, match="Nobody called 'bob'"):
            register.people.change("bob", "coder")
        assert register.oversight.verify().passed

    def test_who_leaves_passes_on_what_was_claimed(self, make: Make) -> None:
        study = a_study()
        register = ready(make(study), a_plan(study, partner=["noord", "noord", "zuid", "zuid"]))
        for name, firm in (("nora", "noord"), ("bob", "noord"), ("zoe", "zuid")):
            register.people.add(name, "partner", partner=firm)
        claimed = register.sending.claim_next(FIRST, count=2, actor="nora")["pair_id"].tolist()
        token = register.people.give_token("nora")
        left = register.people.leave("nora", to="bob")
        assert (left.claims, left.to) == (2, "bob")
        register.session.token = token
        with pytest.raises(Refusal, match="nora left on"):
            register.sending.claim_next(FIRST, actor="nora")
        assert register.sending.worklist(FIRST, actor="bob")["pair_id"].tolist() == claimed
        register.sending.mark_sent("P00001", "control", FIRST, actor="bob")
        with pytest.raises(RegisterError, match="left already"):
            register.people.leave("nora")
        register.people.change("nora", "partner", partner="zuid")
        assert len(register.sending.worklist(FIRST, actor="nora")) == 2
        assert register.oversight.verify().passed

    def test_nothing_goes_to_another_firm(self, make: Make) -> None:
        study = a_study()
        register = ready(make(study), a_plan(study, partner=["noord", "zuid"]))
        register.people.add("nora", "partner", partner="noord")
        register.people.add("zoe", "partner", partner="zuid")
        register.people.add("cas", "coder")
        register.sending.claim("P00001", "control", FIRST, actor="nora")
        with pytest.raises(RegisterError, match="cas cannot take over"):
            register.people.leave("nora", to="cas")
        register.people.leave("nora", to="zoe")
        assert register.corrections.events("P00001", "control")["what"].tolist() == ["claimed", "released"]

    def test_somebody_stays_to_decide(self, register: Register) -> None:
        with pytest.raises(RegisterError, match="is the only coordinator"):
            register.people.leave("coordinator")
        with pytest.raises(RegisterError, match="is the only coordinator"):
            register.people.change("coordinator", "auditor")
        register.people.add("cora", "coordinator")
        register.people.leave("coordinator")
        assert register.oversight.verify(actor="cora").passed
