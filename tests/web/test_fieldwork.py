"""A field worker's day in the page: what is due, sent, answered, withdrawn, undone, corrected."""

from __future__ import annotations

import re
from datetime import timedelta

from corrtest.web.visit import MENUS
from tests.web.conftest import HOSTILE


def due(site) -> list[str]:
    return re.findall(r'href="/application/(\d+)"', site.get("/today").text)


def state(site, number: str) -> str:
    with site.register() as register:
        return register.finding.numbered(int(number)).state


def test_what_is_due_is_sent_in_one_act_and_undone_within_a_minute(site):
    first = due(site)[0]
    assert len(due(site)) == 4
    after = site.post(f"/application/{first}/sent", act="a1")
    assert after.url.path == "/today"
    assert "Undo" in after.text
    assert state(site, first) == "sent"
    assert first not in due(site)
    site.seconds[0] = 59
    back = site.post("/undo")
    assert back.url.path == f"/application/{first}"
    assert state(site, first) == "planned"
    with site.register() as register:
        kinds = list(register.oversight.audit_trail()["kind"])
    assert kinds[-1] == "taken_back"


def test_after_a_minute_it_is_corrected_with_a_reason(site):
    first = due(site)[0]
    site.post(f"/application/{first}/sent")
    site.seconds[0] = 61
    late = site.post("/undo")
    assert late.status_code == 400
    assert "more than a minute ago" in late.text
    assert state(site, first) == "sent"
    event = re.search(r'<option value="(\d+)">\d+: sent', site.get(f"/application/{first}").text)[1]
    without = site.post(f"/application/{first}/corrected", event=event)
    assert without.status_code == 400
    done = site.post(f"/application/{first}/corrected", event=event, reason="wrong row")
    assert done.status_code == 200
    assert state(site, first) == "planned"


def test_an_act_that_arrives_twice_is_done_once(site):
    first = due(site)[0]
    for _ in range(3):
        answer = site.post(f"/application/{first}/sent", act="the same")
        assert answer.status_code == 200
    other = site.post(f"/application/{first}/sent", act="another")
    assert other.status_code == 409
    assert "cannot be" in other.text
    with site.register() as register:
        assert list(register.oversight.audit_trail()["kind"]).count("sent") == 1


def test_a_reaction_is_answered_with_a_withdrawal(site):
    first = due(site)[0]
    site.post(f"/application/{first}/sent")
    site.clock.at += timedelta(hours=3)
    page = site.post(f"/application/{first}/reaction", reaction="invitation", channel="telephone", text="Bel mij terug")
    assert page.status_code == 200
    today = site.get("/today").text
    assert today.index("To withdraw") < today.index(f'/application/{first}"') < today.index("To send")
    site.clock.at += timedelta(hours=40)
    done = site.post(f"/application/{first}/withdrawn")
    assert "It counts as late" in done.text
    assert state(site, first) == "withdrawn"


def test_the_register_refuses_here_as_anywhere(site):
    first = due(site)[0]
    site.post("/progress/stop", do="stop", reason="an employer complained")
    assert "STOPPED: an employer complained" in site.get("/today").text
    refused = site.post(f"/application/{first}/sent")
    assert refused.status_code == 409
    assert "is stopped" in refused.text
    assert state(site, first) == "planned"
    with site.register() as register:
        assert "refused" in set(register.oversight.audit_trail()["kind"])
    site.post("/progress/stop", do="resume")
    assert site.post(f"/application/{first}/sent").status_code == 200


def test_an_application_is_found_and_shown_without_its_arm(site):
    found = site.get("/search?q=yassine").text
    number = re.search(r'/application/(\d+)"', found)[1]
    page = site.get(f"/application/{number}").text
    assert "Yassine El Amrani" in page
    assert "yassine@post.example" in page
    assert "Geachte heer" in page
    assert "treated" not in page
    assert "control" not in page
    document = site.get(f"/application/{number}/document/0")
    assert document.content.startswith(b"%PDF")
    assert "attachment" in document.headers["content-disposition"]
    assert site.get(f"/application/{number}/document/9").status_code == 404


def test_what_people_wrote_is_text_and_never_markup(site):
    first = due(site)[0]
    site.post(f"/application/{first}/ended", how="skipped", reason=HOSTILE)
    for path in ("/today", f"/application/{first}", f"/search?q={HOSTILE}", "/trail", "/study"):
        text = site.get(path).text
        assert HOSTILE not in text, path
    assert "&lt;script&gt;" in site.get(f"/application/{first}").text


def test_every_page_of_the_menu_is_there(site):
    menu = re.findall(r'<li><a href="(/\w+)"', site.get("/study").text.split("</nav>")[0])
    assert menu == [f"/{each}" for each in MENUS["coordinator"]]
    for path in menu:
        answer = site.get(path)
        assert answer.status_code == 200, path
        assert f'<a href="{path}" aria-current="page">' in answer.text
