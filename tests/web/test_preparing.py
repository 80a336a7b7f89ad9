"""Before the fieldwork, in the page: a new study by questions, its file, quotas, vacancies, and what is refused."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from corrtest.lab import simulate_vacancies
from corrtest.spec import read_study
from corrtest.web import Workplace, make_app
from tests.register.conftest import Clock
from tests.web.conftest import ADDRESS, MORNING, Site

ANSWERS = {
    "sector": "hairdressing",
    "name": "Kappers 2027",
    "criterion.origin": "yes",
    "start": "2027-02-01",
    "end": "2027-09-30",
    "total": "40000",
}


@pytest.fixture
def empty(tmp_path) -> Site:
    """The page in an empty folder."""
    clock = Clock(MORNING)
    workplace = Workplace(folder=None, root=tmp_path, clock=clock)
    client = TestClient(make_app(workplace), base_url=ADDRESS)
    made = Site(client, None, clock, [0.0])
    made.workplace = workplace
    return made


def drawn_up(site: Site, **more: str) -> str:
    shown = site.get("/new?sector=hairdressing").text
    committees = dict.fromkeys(re.findall(r'name="(committee\.[^"]+)"', shown), "yes")
    answer = site.post("/new/drawn-up", key=site.key("/new"), **ANSWERS, **committees, **more)
    assert answer.status_code == 200, answer.text
    return html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)[1])


@pytest.fixture
def study(empty) -> Site:
    answer = empty.post("/new/make", key=empty.key("/new"), text=drawn_up(empty))
    assert answer.url.path == "/study"
    empty.folder = empty.workplace.folder
    return empty


def test_a_study_is_made_by_questions_and_shown_as_the_file_that_it_writes(study, tmp_path):
    made = read_study(tmp_path / "study.toml")
    assert made.name == "Kappers 2027"
    assert [each.name for each in made.criteria] == ["origin"]
    assert (str(made.period.start), str(made.period.end), made.budget.total) == ("2027-02-01", "2027-09-30", 40000)
    assert study.post("/new/make", key=study.key("/study"), text="x").status_code == 400
    assert (tmp_path / "study.toml").read_text(encoding="utf-8") == made.source


def test_a_fault_in_the_file_is_said_and_what_was_typed_stays(empty, tmp_path):
    text = drawn_up(empty).replace('name = "origin"', 'name = "orgin"', 1)
    answer = empty.post("/new/make", key=empty.key("/new"), text=text)
    assert answer.status_code == 400
    assert "orgin" in answer.text.split("<textarea")[0]
    assert "orgin" in answer.text.split("<textarea")[1]
    assert not (tmp_path / "study.toml").exists()


def test_nothing_is_measured_without_a_criterion(empty):
    answer = empty.post("/new/drawn-up", key=empty.key("/new"), **{**ANSWERS, "criterion.origin": ""})
    assert answer.status_code == 400


@pytest.mark.slow
def test_quotas_are_tried_before_they_are_written(study, tmp_path):
    before = (tmp_path / "study.toml").read_text(encoding="utf-8")
    fields = dict.fromkeys(re.findall(r'name="(\d[^"]*\.origin)"', study.get("/quotas").text), "60")
    key = study.key("/quotas")
    tried = study.post("/quotas/try", key=key, **fields)
    assert f"{60 * len(fields)} pairs cost" in tried.text
    assert (tmp_path / "study.toml").read_text(encoding="utf-8") == before
    study.post("/quotas/write", key=key, **fields)
    assert read_study(tmp_path / "study.toml").pairs_wanted == 60 * len(fields)
    assert study.post("/quotas/try", key=key, **dict.fromkeys(fields, "-1")).status_code == 400


def hand_in(site: Site, name: str, content: bytes):
    data = {"form_key": site.key("/vacancies")}
    return site.client.post("/vacancies/add", data=data, files={"file": (name, content)}, headers={"Origin": ADDRESS})


@pytest.mark.slow
def test_vacancies_are_handed_in_and_their_faults_said(study, tmp_path):
    table = simulate_vacancies(read_study(tmp_path / "study.toml"))
    study.clock.at = study.clock.at.replace(month=2, day=2)
    answer = hand_in(study, "../../evil.csv", table.to_csv(index=False).encode())
    assert answer.status_code == 200, answer.text
    assert "went in" in answer.text
    assert not (tmp_path.parent / "evil.csv").exists()
    assert [path.name for path in (tmp_path / "vacancies").glob("*evil*.csv")]
    assert hand_in(study, "again.csv", table.to_csv(index=False).encode()).status_code == 400
    assert hand_in(study, "no.csv", b"a,b\n1,2\n").status_code == 400
    assert study.post("/vacancies/add", key=study.key("/vacancies")).status_code == 400


@pytest.mark.slow
def test_a_word_that_nobody_knows_waits_until_a_person_says_what_it_means(study, tmp_path):
    made = read_study(tmp_path / "study.toml")
    table = simulate_vacancies(made)
    study.clock.at = study.clock.at.replace(month=2, day=2)
    code = made.occupations[0].code
    table.loc[table["occupation"] == code, "occupation"] = "zkwtrp"
    assert "zkwtrp" in hand_in(study, "week.csv", table.to_csv(index=False).encode()).text
    answer = study.post("/vacancies/explain", key=study.key("/vacancies"), **{"occupations.zkwtrp": code})
    assert "went in" in answer.text
    assert "occupations.zkwtrp" not in study.get("/vacancies").text


@pytest.mark.slow
def test_only_a_coordinator_prepares(site):
    for path in ("/study-file", "/quotas", "/vacancies", "/plan"):
        assert site.get(path).status_code == 200, path
    assert site.get("/report/pairs/shown").status_code == 400
    assert site.get("/plan/secret/register.key").status_code == 404
    changed = site.post("/study-file/change", key=site.key("/study-file"), text="[study]\nname = 1\n")
    assert changed.status_code == 400
