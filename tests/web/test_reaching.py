"""Calls, portals and incidents in the page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from corrtest.register import Register
from tests.register.conftest import STUDY, Clock, a_plan, a_study
from tests.register.fieldwork.test_reaching import CALLERS
from tests.web.conftest import MORNING


@pytest.fixture
def by_channel(folder):
    """The folder with a register whose vacancies are answered by telephone or in a portal."""
    folder.register.unlink()
    (folder.root / "secret" / "register.key").unlink()
    more = CALLERS.replace('declared = ["telephone"]', 'declared = ["telephone", "portal"]')
    text = STUDY.format(name="small", approval="", pairs=4, total=2, window=1, weeks=8) + more
    folder.study.write_text(text, encoding="utf-8")
    study = a_study(more=more)
    with Register.create(folder.register, study, clock=Clock(MORNING), secret=b"s" * 32) as register:
        register.intake.import_plan(a_plan(study, channel=["telephone", "portal"]))
        register.supervision.record_audit_of(folder.documents)


def life(site, number: int) -> str:
    with site.register() as register:
        return register.finding.numbered(number).state


@pytest.fixture
def numbers(site, by_channel) -> dict[str, int]:
    with site.register() as register:
        every = [register.finding.numbered(number) for number in range(1, 9)]
    return {each.channel: each.number for each in reversed(every)}


def test_a_call_is_tried_again_and_its_answer_is_the_reaction(site, numbers):
    number = numbers["telephone"]
    page = site.get(f"/application/{number}").text
    assert "Somebody answered and said" in page
    assert "data-timer" in page
    path = f"/application/{number}/called"
    assert site.post(path, caller="ivy").status_code == 400
    assert site.post(path, caller="nobody", outcome="no_answer").status_code == 400
    again = site.post(path, caller="ivy", outcome="call_back", back_at="2027-01-11T15:00")
    assert again.status_code == 200
    assert life(site, number) == "claimed"
    site.clock.at += timedelta(hours=4)
    told = site.post(path, caller="ivy", answer="trial_day")
    assert told.status_code == 200, told.text
    assert life(site, number) == "sent"
    with site.register() as register:
        assert list(register.oversight.audit_trail()["kind"])[-1] == "reaction"
        assert register.reaching.attempts()["outcome"].tolist() == ["call_back", "spoken"]


def test_a_portal_is_followed_stage_by_stage(site, numbers):
    number = numbers["portal"]
    assert "How far the portal let you come" in site.get(f"/application/{number}").text
    path = f"/application/{number}/stage"
    assert site.post(path, stage="account").status_code == 200
    assert site.post(path, stage="account").status_code == 409
    assert site.post(path, stage="sent").status_code == 200
    assert life(site, number) == "sent"


def test_an_incident_is_put_on_record_and_may_block(site):
    path = "/application/1/incident"
    assert site.post(path, kind="complaint", reason="").status_code == 400
    told = site.post(path, kind="discovery", reason="wrote that the letter is a test", block="yes")
    assert re.search(r"Incident \d+ is on record", told.text)
    with site.register() as register:
        kinds = list(register.oversight.audit_trail()["kind"])
    assert "incident" in kinds
    assert "blocked" in kinds
    assert site.post("/application/1/sent").status_code == 409
