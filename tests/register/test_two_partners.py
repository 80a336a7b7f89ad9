"""The construction study from its plan to the report, its fieldwork done by two partners in two processes."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pandas as pd
import pytest

from corrtest import analysis, lab
from corrtest.design import make_plan
from corrtest.disclosure import policy_for, release
from corrtest.register import Register
from corrtest.report import write_report
from corrtest.spec import check_vacancies
from tests.register.conftest import Reopen, in_child, said

PARTNERS = ("north", "south")


def fieldwork(
    place: str | Path,
    key_file: Path,
    partner: str,
    reactions: dict[tuple[str, str], pd.DataFrame],
    morning: Barrier,
) -> int:
    """A partner's whole study: each day the work list, the sendings, later the replies, each withdrawn within hours."""
    sent = 0
    with Register.open(place, key_file=key_file) as register:
        for day in pd.date_range(register.study.period.start, register.study.period.end):
            morning.wait(60)  # it is the same day for everybody
            at = day + pd.Timedelta(hours=9)
            while len(work := register.sending.claim_next(f"{at.isoformat()}Z", count=20, actor=partner)):
                for item in work.itertuples():
                    register.sending.mark_sent(
                        item.pair_id, item.arm, f"{at.isoformat()}Z", simulated=True, actor=partner
                    )
                    sent += 1
                    for reply in reactions.get((item.pair_id, item.arm), pd.DataFrame()).itertuples():
                        answered = max(reply.at, at.tz_localize("UTC") if reply.at.tzinfo else at)
                        register.replies.record(
                            item.pair_id, item.arm, reply.reaction, answered, simulated=True, actor=partner
                        )
                        if reply.reaction in ("invitation", "other_positive"):
                            register.replies.withdraw(
                                item.pair_id, item.arm, answered + timedelta(hours=3), actor=partner
                            )
    return sent


@pytest.mark.slow
def test_from_plan_to_report(place: str | Path, key_file: Path, reopen: Reopen, tmp_path: Path) -> None:
    study = lab.simulated_study("construction")
    vacancies = lab.simulate_vacancies(study)
    plan = make_plan(study, check_vacancies(vacancies, study), allow_shortfall=True)
    with Register.create(place, study, key_file=key_file) as register:
        register.intake.import_plan(plan)
        register.supervision.record_audit(pairs=len(plan.pairs), failures=0, manifest_sha256="0" * 64)
        for partner in PARTNERS:
            register.people.add(partner, "partner", partner=partner)
    replies = {
        (str(pair), str(arm)): rows for (pair, arm), rows in lab.simulate_reactions(plan).groupby(["pair_id", "arm"])
    }

    morning = get_context("fork").Barrier(len(PARTNERS))
    children = []
    for partner in PARTNERS:

        def work(pipe: int, partner: str = partner) -> None:
            os.write(pipe, f"{fieldwork(place, key_file, partner, replies, morning)}\n".encode())

        children.append(in_child(work))
    sent = [int(said(reading)[0]) for _, reading in children]
    assert [os.waitpid(child, 0)[1] for child, _ in children] == [0, 0]
    assert min(sent) > 0
    assert sum(sent) == 2 * len(plan.pairs) == 1200

    register = reopen()
    assert register.oversight.verify().passed
    trail = register.oversight.audit_trail()
    assert set(trail.loc[trail["kind"] == "sent", "actor"]) == set(PARTNERS)
    end = study.period.end + timedelta(days=study.fieldwork.reaction_window_days + 1)
    assert register.replies.awaiting_withdrawal(end).empty
    assert register.replies.close_applications(end) == 1200
    pairs = register.oversight.export_pairs(as_of=end)
    assert len(pairs) == 600
    counted = Counter(pairs["control_reaction"])
    assert counted["none"] > 0
    results = analysis.analyse(
        analysis.pairs_table(pairs),
        study=study.description(),
        outcomes=study.outcomes.as_mapping(),
        plan=plan.manifest,
        shortfalls=plan.shortfalls,
        simulated=True,
    )
    pages = write_report(release(results, policy_for(results)), tmp_path / "report", languages=("en",))
    text = "".join(page.read_text(encoding="utf-8") for page in pages if page.suffix == ".html")
    assert "SIMULATED" in text.upper()
    for column in ("employer_id", "vacancy_id", "address"):
        assert not [value for value in vacancies[column].astype(str).unique() if value in text]
