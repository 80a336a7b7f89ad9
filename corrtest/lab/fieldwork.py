"""A simulated fieldwork: a register kept as one would be, from a plan and simulated reactions."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from corrtest.analysis import design_named
from corrtest.design import Plan
from corrtest.lab.demonstration import simulated_key
from corrtest.register import Register
from corrtest.spec import StudyFolder, close_to_others, write_fieldwork_account


def simulate_fieldwork(plan: Plan, reactions: pd.DataFrame, folder: StudyFolder) -> None:
    """Keep the register of a simulated fieldwork in `folder`, whose documents are there, and export its pairs table."""
    study = plan.study
    with Register.create(folder.register, study, secret=simulated_key(study, "register")) as register:
        register.intake.import_plan(plan)
        register.supervision.record_audit_of(folder.documents)
        register.sending.import_sent(_sendings(plan), simulated=True)
        register.replies.import_reactions(
            reactions.assign(at=reactions["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")), simulated=True
        )
        last = pd.Timestamp(study.period.end) + timedelta(days=study.fieldwork.reaction_window_days + 1)
        pairs = register.oversight.export_pairs(as_of=last.date())
    pairs.to_csv(close_to_others(folder.pairs), index=False)
    write_fieldwork_account(pairs.attrs["fieldwork"], folder.fieldwork_account)


def _sendings(plan: Plan) -> pd.DataFrame:
    """Return the simulated sendings of `plan`: each application at nine o'clock of its day."""
    pairs = plan.pairs
    first_is_control = pairs["first_arm"] == "control"
    parts = []
    for arm, comes_first in (("control", first_is_control), ("treated", ~first_is_control)):
        day = pairs["send_first_on"].where(comes_first, pairs["send_second_on"])
        sent = pd.DataFrame({"pair_id": pairs["pair_id"], "arm": arm, "at": day.dt.strftime("%Y-%m-%dT09:00:00Z")})
        parts.append(sent[day.notna()] if design_named(plan.study.pairing).matched else sent[comes_first])
    return pd.concat(parts).sort_values(["at", "pair_id"], ignore_index=True)
