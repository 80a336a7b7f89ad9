"""Field days acted out over the command line, with the mishaps of such days: each is named, none gets in unseen.

`CORRTEST_SHOW=1 pytest -s tests/cli/test_field_day.py` prints what people see, in Dutch and in English.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from corrtest.cli.app import app
from corrtest.errors import CorrtestError
from corrtest.language import use
from corrtest.register.sheets.words import heading_of
from tests.register.conftest import APPROVAL, STUDY, a_documents_folder

NAMES = ("Aerts", "Baert", "Claus", "Dings", "Evers", "Frans", "Geert", "Hanse")
PARTNERS = '\n[[partner]]\nname = "BureauNoord"\n'


@pytest.fixture(params=["nl", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> Day:
    from corrtest.design import make_plan, write_plan
    from corrtest.spec import check_vacancies, read_study

    monkeypatch.chdir(tmp_path)
    text = STUDY.format(name="small", approval=APPROVAL, pairs=4, total=2, window=1, weeks=8)
    text = text.replace("2027-01-11, end = 2027-07-09", "2026-03-02, end = 2026-06-30").replace(
        "2026-12-01", "2026-02-01"
    )
    Path("study.toml").write_text(text + PARTNERS, encoding="utf-8")
    study = read_study("study.toml")
    numbers = [f"04{n:06d}" for n in range(8)]
    table = pd.DataFrame(
        {
            "vacancy_id": [f"V{n}" for n in range(8)],
            "employer_id": [f"{number}{97 - int(number) % 97:02d}" for number in numbers],
            "employer_name": [f"Bouwwerken {name}" for name in NAMES],
            "title": "Metselaar (m/v/x)",
            "joint_committee": "124",
            "occupation": "mason",
            "postal_code": "2000",
            "opens": "2026-03-02",
            "closes": "2026-05-29",
            "channel": "email",
            "address": [f"jobs@firm{n}.example" for n in range(8)],
        }
    )
    table.attrs["file"] = "vacancies.csv"
    write_plan(make_plan(study, check_vacancies(table, study)), tmp_path / "plan")
    a_documents_folder(tmp_path / "documents")
    return Day(language)


class Day:
    """One person after another at the keyboard; what each was told is kept."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.who = "coordinator"
        self.told: list[str] = []

    def types(self, *words: str) -> str:
        with use(self.language):
            result = CliRunner().invoke(app, ["register", *words], env={"CORRTEST_ACTOR": self.who})
        if result.exception is not None and not isinstance(result.exception, SystemExit | CorrtestError):
            raise result.exception
        said = str(result.exception) if isinstance(result.exception, CorrtestError) else result.output
        self.told.append(said)
        if os.environ.get("CORRTEST_SHOW"):
            typed = " ".join(repr(word) if " " in word else word for word in words)
            print(f"\n{self.who}$ corrtest register {typed}\n{said.rstrip()}")
        return said

    def fills(self, path: str, **rows: dict[str, str]) -> None:
        """Fill in a sheet: vacancy → column → what is typed."""
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        header = {heading_of(str(cell.value)): cell.column for cell in page[1]}
        for row in range(2, page.max_row + 1):
            for name, typed in rows.get(str(page.cell(row, header["vacancy_id"]).value), {}).items():
                page.cell(row, header[name]).value = typed
        book.save(path)

    def has(self, dutch: str, english: str) -> str:
        return dutch if self.language == "nl" else english


def first_letters(day: Day) -> list[tuple[str, str]]:
    """Vacancy and candidate of each row of the first work list."""
    page = openpyxl.load_workbook("list.xlsx").worksheets[0]
    header = {heading_of(str(cell.value)): cell.column for cell in page[1]}
    return [
        (str(page.cell(row, header["vacancy_id"]).value), str(page.cell(row, header["candidate"]).value))
        for row in range(2, page.max_row + 1)
    ]


def last_event(listed: str) -> str:
    """The number of the last event that `correct` lists."""
    return re.findall(r"^ +(\d+) +\w", listed, flags=re.MULTILINE)[-1]


def test_days_with_mishaps(day: Day) -> None:
    the_office_opens(day)
    letters = a_morning_with_sheets(day)
    somebody_rings(day, *letters[0])
    a_letter_stayed_in_the_outbox(day, letters[1][1])
    somebody_leaves(day)
    the_clock_is_set(day, letters[1][0])
    day.who = "coordinator"
    assert "taken_back" in day.types("audit", "r.db", letters[0][1])
    assert day.has("geen veranderd", "none altered") in day.types("verify", "r.db")


def the_office_opens(day: Day) -> None:
    day.types("init", "r.db", "study.toml")
    day.types("import", "r.db", "plan", "--documents", "documents")
    # A firm misspelt, and the right one.
    assert "'BureauNoord'" in day.types("person", "r.db", "nora", "--role", "partner", "--partner", "BureuNoord")
    for name in ("nora", "bob"):
        day.types("person", "r.db", name, "--role", "partner", "--partner", "BureauNoord")


def a_morning_with_sheets(day: Day) -> list[tuple[str, str]]:
    """The morning's list, three rows of it filled in wrongly: all that is wrong is said at once."""
    day.who = "nora"
    day.types("worklist", "r.db", "--at", "2/6/2026 9:00", "--out", "list.xlsx")
    day.types("worklist", "r.db", "--at", "2/6/2026 9:00", "--out", "last-week.xlsx")
    letters = first_letters(day)
    assert len(letters) == 4
    one, two, three, four = (vacancy for vacancy, _ in letters)
    sent = day.has("verstuurd", "sent")
    day.fills(
        "list.xlsx",
        **{
            one: {"result": sent, "at": "2/6/2026 9u30"},
            two: {"result": sent, "at": "31/06/2026"},
            three: {"result": day.has("overgeslagen", "skipped"), "at": "2/6/2026 9u40"},
            four: {"result": sent},
        },
    )
    said = day.types("worklist", "r.db", "--file", "list.xlsx")
    assert day.has("3 van de 4 rijen", "3 of 4 rows") in said
    assert said.count("  - ") == 3
    # The good one goes in; the refused ones are mended on the sheet that came back.
    day.types("worklist", "r.db", "--file", "list.xlsx", "--partly")
    day.fills(
        "list-refused.xlsx",
        **{
            two: {"at": "2 juni 2026 9:35"},
            three: {"result": sent, "at": "2-6-26 9.40"},
            four: {"at": "2/6/2026 9:45"},
        },
    )
    assert "3" in day.types("worklist", "r.db", "--file", "list-refused.xlsx")
    # The same list filled in again from last week's copy: what is on record changes nothing, what differs is named.
    day.fills(
        "last-week.xlsx", **{one: {"result": sent, "at": "2/6/2026 9u30"}, two: {"result": sent, "at": "1/6/2026"}}
    )
    said = day.types("worklist", "r.db", "--file", "last-week.xlsx")
    assert day.has("1 van de 2 rijen", "1 of 2 rows") in said
    assert day.has("veranderd sinds dit blad", "changed since this sheet") in said
    return letters


def somebody_rings(day: Day, vacancy: str, him: str) -> None:
    """The name as it was heard; the wrong word; the same call noted twice."""
    day.who = "bob"
    heard = him.replace("ss", "s").lower()
    said = day.types("reaction", "r.db", heard, "--reaction", "invitation", "--at", "4/6/2026 10u15")
    assert him in said
    number = re.findall(r"^  (\d+): ", said, flags=re.MULTILINE)[0]
    call = ("reaction", "r.db", number, "--reaction", "invitation", "--at", "4/6/2026 10u15")
    assert him in day.types(*call, "--text", "Kom")
    assert day.has("is al genoteerd", "is on record already") in day.types(*call)
    waiting = ("worklist", "r.db", "--withdrawals", "--at", "4/6/2026 11:00", "--json")
    assert f'"vacancy_id": "{vacancy}"' in day.types(*waiting)
    event = last_event(day.types("correct", "r.db", him))
    said = day.types("correct", "r.db", "--event", event, "--reaction", "negative", "--reason", "misread")
    assert day.has("rechtgezet", "put right") in said
    assert vacancy not in day.types(*waiting)


def a_letter_stayed_in_the_outbox(day: Day, second: str) -> None:
    event = last_event(day.types("correct", "r.db", second))
    said = day.types("correct", "r.db", "--event", event, "--reason", "stayed in the outbox", "--at", "2/6/2026 17:00")
    assert day.has("teruggenomen", "taken back") in said
    assert second in day.types("worklist", "r.db", "--at", "2/6/2026 17:00", "--json")
    day.types("sent", "r.db", second, "--at", "2/6/2026 17u05")


def somebody_leaves(day: Day) -> None:
    """What was claimed goes to a colleague; nobody acts under that name any more."""
    day.who = "nora"
    day.types("claim", "r.db", "--count", "2", "--at", "3/6/2026 9:00", "--hours", "48")
    day.who = "coordinator"
    assert "bob" in day.types("person", "r.db", "nora", "--leaves", "--to", "bob")
    day.who = "nora"
    assert day.has("vertrokken op", "left on") in day.types("worklist", "r.db")
    day.who = "bob"
    shown = day.types("worklist", "r.db", "--at", "3/6/2026 10:00")
    # Which arm anybody is, no list, refusal or confirmation of the field says.
    assert not re.search("control|treated|controle|test(?!s)", shown)


def the_clock_is_set(day: Day, two: str) -> None:
    """The hour that comes twice, and the one that does not exist."""
    assert "+02:00" in day.types("reaction", "r.db", two, "--reaction", "request", "--at", "25/10/2026 2:30")
    day.types("withdraw", "r.db", two, "--at", "29/03/2026 2:30")
