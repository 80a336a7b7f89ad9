"""The page in a real browser: what a field worker sees and taps, on a telephone and on a desk."""

from __future__ import annotations

import importlib.util
import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from corrtest.lab import simulate_vacancies
from corrtest.register import Register
from corrtest.spec import read_study
from corrtest.web import Served, Workplace, make_app
from tests.register.conftest import Clock
from tests.web.conftest import MORNING

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZES = {"telephone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def served(workplace: Workplace) -> Iterator[str]:
    """Serve the page as `corrtest web` does, on a port of its own."""
    app = make_app(workplace, Served(port=0))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def address(folder) -> Iterator[str]:
    with served(Workplace(folder=folder, clock=Clock(MORNING))) as address:
        yield address


@pytest.fixture(params=sorted(SIZES))
def page(request, browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address,
        viewport=SIZES[request.param],
        locale="nl-BE",
        permissions=["clipboard-read", "clipboard-write"],
        color_scheme="dark" if request.param == "telephone" else "light",
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    opened.clock.set_fixed_time(MORNING)  # the browser's clock says when something waits
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert not wrong


def state(folder, number: int) -> str:
    with Register.open(folder.register, clock=Clock(MORNING)) as register:
        return register.finding.numbered(number).state


def test_sent_and_answered_in_two_taps_each(page: Page, folder):
    page.goto("/today")
    page.get_by_role("link", name="Jan Claes").click()
    page.get_by_role("button", name="Verstuurd", exact=True).click()
    page.get_by_role("status").get_by_text("verstuurd").wait_for()
    assert state(folder, 1) == "sent"
    page.get_by_label("Zoek op kandidaat").fill("jan claes")
    page.get_by_role("button", name="Zoeken").click()
    page.get_by_role("link", name="Jan Claes").click()
    page.get_by_role("button", name="uitnodiging").click()
    page.get_by_text("reactie vastgelegd").wait_for()
    page.get_by_role("button", name="Ongedaan maken").click()
    page.wait_for_load_state()
    assert "Teruggenomen" in page.locator("body").inner_text()
    with Register.open(folder.register, clock=Clock(MORNING)) as register:
        assert list(register.oversight.audit_trail()["kind"])[-3:] == ["sent", "reaction", "taken_back"]


def test_what_is_tapped_without_a_connection_waits_and_goes_in_once(page: Page, folder):
    page.goto("/application/1")
    page.context.set_offline(True)
    page.get_by_role("button", name="Verstuurd", exact=True).click()
    page.get_by_text("Wachten op verbinding: 1").wait_for()
    assert state(folder, 1) == "planned"
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.locator("#queue").wait_for(state="hidden")
    assert state(folder, 1) == "sent"


def test_a_conflict_of_what_waited_is_shown_and_kept(page: Page, folder):
    page.goto("/application/1")
    page.context.set_offline(True)
    page.get_by_role("button", name="Verstuurd", exact=True).click()
    page.get_by_text("Wachten op verbinding: 1").wait_for()
    with Register.open(folder.register, clock=Clock(MORNING)) as register:
        found = register.finding.numbered(1)
        register.sending.skip(found.pair_id, found.arm, "the vacancy is gone", MORNING)
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("Geweigerd: Jan Claes").wait_for()
    assert "kan niet" in page.locator("#queue").inner_text()
    page.reload()
    page.get_by_text("Geweigerd: Jan Claes").wait_for()


def test_text_is_copied(page: Page):
    page.goto("/application/1")
    page.get_by_role("button", name="Kopiëren: Vanuit mailbox").click()
    page.get_by_text("Gekopieerd").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "jan.claes@post.example"


def step(page: Page, what: str) -> str:
    """Take a step of the study by its button, and return what it said in the end."""
    page.get_by_role("link", name="Studie", exact=True).click()
    page.get_by_role("button", name=f"Uitvoeren: {what}").click()
    page.locator("#task:not([data-runs])").wait_for(timeout=300_000)
    assert "Het is klaar." in page.locator("#task").inner_text()
    return page.locator("#task").inner_text()


def test_a_study_comes_from_new_to_its_preregistration_by_clicks_alone(browser: Browser, tmp_path: Path):
    with served(Workplace(folder=None, root=tmp_path, clock=Clock(datetime(2027, 2, 2, 9, tzinfo=UTC)))) as address:
        page = browser.new_context(base_url=address, locale="nl-BE").new_page()
        page.goto("/")
        page.get_by_label("Sector").select_option("hairdressing")
        page.get_by_role("button", name="Neem deze sector").click()
        page.get_by_label("Eerste dag waarop").fill("2027-02-01")
        page.get_by_label("Laatste dag").fill("2027-11-30")
        page.get_by_role("button", name="Toon het bestand").click()
        page.get_by_role("button", name="Deze studie maken").click()
        page.get_by_role("link", name="Aantallen").click()
        for box in page.locator("fieldset input").all():
            box.fill("8")
        page.locator("#live").get_by_text("24 paren kosten").wait_for(timeout=60_000)
        page.get_by_role("button", name="Deze aantallen schrijven").click()
        page.get_by_role("link", name="Studie", exact=True).click()
        page.get_by_role("link", name="Vacatures", exact=True).click()
        came = simulate_vacancies(read_study(tmp_path / "study.toml")).to_csv(index=False).encode()
        page.get_by_label("Een bestand met vacatures").set_input_files(
            {"name": "week.csv", "mimeType": "text/csv", "buffer": came}
        )
        page.get_by_role("button", name="Inlezen").click()
        page.get_by_text("Binnengekomen").wait_for()
        assert "24 van 24" in step(page, "paren gepland en bevroren")
        page.reload()
        page.get_by_text("Het is klaar.").wait_for()
        assert "preregistration-nl.pdf" in step(page, "plan vooraf vastgelegd")
        page.goto("/plan")
        page.get_by_role("link", name="preregistration-nl.pdf").wait_for()


@pytest.mark.parametrize(
    "path",
    [
        "/study",
        "/attention",
        "/today",
        "/search?q=jan",
        "/application/1",
        "/coding",
        "/disagreements",
        "/progress",
        "/people",
        "/trail",
        "/results",
        "/work",
        "/new",
        "/new?sector=construction",
        "/study-file",
        "/quotas",
        "/vacancies",
        "/plan",
    ],
)
def test_axe_finds_nothing_serious_and_the_keyboard_reaches_all(page: Page, path: str):
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    spec = importlib.util.find_spec("axe_core_python")
    assert spec is not None
    assert spec.submodule_search_locations
    # Evaluated, not added as a script: the page's own policy lets no script in.
    page.evaluate((Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    serious = [
        (each["id"], [node["html"][:120] for node in each["nodes"]])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert not serious, json.dumps(serious, indent=1)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels too wide"
    wanted = page.locator("a:visible, button:visible, input:visible, select:visible, summary:visible").count()
    reached = set()
    for _ in range(wanted + 30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(reached) >= wanted * 0.9
