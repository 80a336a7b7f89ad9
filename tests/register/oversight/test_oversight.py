"""Who did what and when."""

from __future__ import annotations

import pytest

from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST


def test_the_audit_trail(register: Register) -> None:
    register.sending.mark_sent("P00001", "control", FIRST)
    trail = register.oversight.audit_trail(pair_id="P00001")
    assert trail["kind"].tolist() == ["claimed", "sent"]
    assert register.oversight.audit_trail(limit=1)["kind"].tolist() == ["sent"]
    register.people.add("aud", "auditor")
    assert len(register.oversight.audit_trail(actor="aud")) == len(register.oversight.audit_trail())
    register.people.add("ann", "analyst")
    with pytest.raises(Refusal, match="Ask a coordinator or auditor"):
        register.oversight.audit_trail(actor="ann")
