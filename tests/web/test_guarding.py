"""What the page refuses: other sites, other names, other people, too many tries, too much at once."""

from __future__ import annotations

import pytest

from corrtest.errors import InputError
from corrtest.register import ROLES
from corrtest.web import Served, serve
from corrtest.web.sessions import COOKIE, FREE_TRIES, IDLE, LASTS
from corrtest.web.site import PAGES
from tests.web.conftest import ADDRESS

BEYOND = Served(host="tests.example", behind_proxy=True)
THERE = "https://tests.example"


@pytest.fixture
def tokens(folder):
    from corrtest.register import Register

    with Register.open(folder.register) as register:
        register.people.add("an", "partner", partner="Buro A")
        register.people.add("bo", "partner", partner="Buro B")
        register.people.add("cas", "coder")
        return {name: register.people.give_token(name) for name in ("an", "bo", "cas")}


def sign_in(site, name: str, token: str):
    return site.client.post("/sign-in", data={"name": name, "token": token}, headers={"Origin": THERE})


def test_every_answer_has_its_headers(site):
    for path in ("/study", "/static/corrtest.js", "/nowhere", "/sign-in"):
        headers = site.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    assert "<script>" not in site.get("/today").text
    assert " style=" not in site.get("/today").text


def test_a_page_elsewhere_cannot_act(site):
    number = "1"
    for origin in ("https://evil.example", "null", None, "http://localhost:9999"):
        assert site.post(f"/application/{number}/sent", origin=origin).status_code == 403
    assert site.post(f"/application/{number}/sent", key="guessed").status_code == 403
    assert site.post(f"/application/{number}/sent", key="").status_code == 403
    with site.register() as register:
        assert register.finding.numbered(1).state == "planned"


def test_it_answers_to_its_own_names_only(site):
    assert site.client.get("/study", headers={"Host": "rebound.example"}).status_code == 421


def test_acts_are_never_done_by_a_link(site):
    for path, methods, _ in PAGES:
        if "POST" in methods:
            assert site.get(path.replace("{number:int}", "1")).status_code == 405


def test_too_much_at_once_is_refused(site):
    answer = site.client.post("/undo", content=b"x" * (21 * 1024 * 1024), headers={"Origin": ADDRESS})
    assert answer.status_code == 413


def test_paths_stay_inside(site):
    for path in ("/report/..%2f..%2fstudy.toml", "/static/..%2fsite.py", "/static/../site.py", "/report/study.toml"):
        answer = site.get(path)
        assert answer.status_code in (404, 405), path
        assert "[study]" not in answer.text


def test_beyond_this_machine_everybody_signs_in(open_site, tokens):
    site = open_site(BEYOND, THERE)
    assert site.get("/today").url.path == "/sign-in"
    # A name without a token is nobody's key.
    assert sign_in(site, "coordinator", "").status_code == 403
    before = site.client.cookies.get(COOKIE)
    answer = sign_in(site, "an", tokens["an"])
    assert answer.url.path == "/today"
    cookie = next(each for each in site.client.cookies.jar if each.name == COOKIE)
    assert cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite").lower() == "strict"
    assert cookie.value != before


def test_a_session_is_new_at_each_sign_in_and_ends(open_site, tokens):
    site = open_site(BEYOND, THERE)
    site.client.cookies.set(COOKIE, "fixed-by-an-attacker", domain="tests.example")
    sign_in(site, "an", tokens["an"])
    values = {each.value for each in site.client.cookies.jar if each.name == COOKIE}
    assert any(len(value) > 30 for value in values)
    assert site.get("/today").url.path == "/today"
    site.seconds[0] += IDLE + 1
    assert site.get("/today").url.path == "/sign-in"
    sign_in(site, "an", tokens["an"])
    for _ in range(int(LASTS // IDLE) * 2 + 1):
        site.seconds[0] += IDLE / 2
        last = site.get("/today").url.path
    assert last == "/sign-in"


def test_wrong_tokens_lock_the_name_and_the_address_out_for_a_while(open_site, tokens):
    site = open_site(BEYOND, THERE)
    for _ in range(FREE_TRIES):
        assert sign_in(site, "an", "wrong").status_code == 403
    assert sign_in(site, "an", tokens["an"]).status_code == 429
    site.seconds[0] += 31
    assert sign_in(site, "an", tokens["an"]).status_code == 200


def test_each_role_reaches_what_the_register_permits(open_site, tokens):
    assert set(tokens) < {"an", "bo", "cas", *ROLES}
    site = open_site(BEYOND, THERE)
    sign_in(site, "cas", tokens["cas"])
    closed = ("/today", "/application/1", "/application/1/document/0", "/people", "/trail", "/progress")
    for path in (*closed, "/attention", "/disagreements", "/report/weeks/xlsx"):
        answer = site.get(path)
        assert answer.status_code == 409, path
        assert "P00001" not in answer.text.replace("/application", "")
    assert site.get("/coding").status_code == 200


def test_a_partner_cannot_reach_what_is_another_firms(open_site, folder, tokens):
    import sqlalchemy as sa

    from corrtest.register import Register
    from corrtest.register.store import schema

    with Register.open(folder.register) as register, register.session.store.writing() as connection:
        connection.execute(sa.update(schema.pair).where(schema.pair.c.pair_id == "P00001").values(partner="Buro A"))
    site = open_site(BEYOND, THERE)
    sign_in(site, "bo", tokens["bo"])
    assert site.get("/application/1").status_code == 400
    assert site.get("/application/1/document/0").status_code == 400
    sign_in(site, "an", tokens["an"])
    assert site.get("/application/1").status_code == 200


def test_nothing_is_served_in_the_clear_beyond_this_machine():
    with pytest.raises(InputError, match="others could read"):
        serve(None, Served(host="192.0.2.1"))


@pytest.mark.postgres
def test_on_a_server_connections_are_kept_and_each_shows_their_own_token(tmp_path):
    import os

    from corrtest.errors import CorrtestError
    from corrtest.register import Register
    from corrtest.web import Workplace
    from tests.register.conftest import Clock, a_plan, a_schema, a_study, ready
    from tests.web.conftest import MORNING

    server = os.environ.get("CORRTEST_POSTGRES_URL")
    if not server:
        pytest.skip('no PostgreSQL server: eval "$(.ci/postgres start)" gives one')
    for place in a_schema(server):
        study, key, clock = a_study(), tmp_path / "register.key", Clock(MORNING)
        with Register.create(place, study, key_file=key, clock=clock) as made:
            ready(made, a_plan(study))
            made.people.add("an", "partner", partner="Buro A")
            token = made.people.give_token("an")
        workplace = Workplace(folder=None, place=place, key_file=key, clock=clock)
        for _ in range(3):
            with workplace.register(token) as register:
                assert len(register.sending.worklist("2027-01-11T09:00", actor="an"))
            with workplace.register() as register, pytest.raises(CorrtestError):
                register.sending.worklist("2027-01-11T09:00", actor="an")
        assert register.session.store.engine.pool.checkedout() == 0
        register.close()
