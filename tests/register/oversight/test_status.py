"""Progress, caps and responses of both arms together."""

from __future__ import annotations

import json

from corrtest.register import Register
from tests.register.conftest import FIRST, sent_rows


class TestStatus:
    def test_progress_caps_and_responses_of_both_arms_together(self, simulated_register: Register) -> None:
        simulated_register.sending.import_sent(sent_rows(2), simulated=True)
        simulated_register.replies.record("P00001", "control", "invitation", "2027-01-13")
        simulated_register.replies.record("P00002", "treated", "invitation", "2027-01-13")
        simulated_register.sending.claim("P00003", "control", FIRST)
        found = simulated_register.oversight.status()
        assert found.strata[["joint_committee", "criterion", "planned", "claimed", "sent"]].values.tolist() == [
            ["124", "origin", 3, 1, 4]
        ]
        assert found.caps.values.tolist() == [[0, 1, 0], [1, 3, 0]]
        assert found.reactions.set_index("reaction")["applications"].to_dict() == {
            "invitation": 2,
            "other_positive": 0,
            "request": 0,
            "negative": 0,
            "automatic": 0,
        }
        for word in ("control", "treated"):
            assert word not in json.dumps(found.to_dict())
        assert found.head == simulated_register.oversight.verify().head

    def test_the_picture_is_the_same_each_time_and_says_simulated(self, simulated_register: Register) -> None:
        simulated_register.sending.import_sent(sent_rows(2), simulated=True)
        picture = simulated_register.oversight.status().picture()
        assert picture == simulated_register.oversight.status().picture()
        assert b"SIMULATED" in picture
        assert b"124 origin" in picture
