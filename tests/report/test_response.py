"""Chapter 3: what became of the tests, and when they went out."""

import dataclasses

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import default_policy, release
from corrtest.report import build_document
from corrtest.spec import MARKED_TESTS, TEST_FATES
from tests.disclosure.sectors import sector_pairs

STUDY = {"sector": "construction", "wave": "baseline", "committees": [{"number": "124", "pairs": {"age": 60}}]}
SHORTFALL = {"joint_committee": "124", "criterion": "age", "wanted": 60, "planned": 50, "cause": "too few vacancies"}


def _response(language="en", rule="exclude", **change):
    table = sector_pairs(1, committees={"124": 40}, criteria=["age"])
    table["sent_on"] = ["2027-01-11", "2027-01-18", "2027-02-01", "2027-02-15"] * 10
    fates = dict.fromkeys(TEST_FATES, 0) | {"complete": 40, "given_up": 8, "replaced": 3, "not_sent": 2}
    stratum = {"joint_committee": "124", "criterion": "age", **fates, **dict.fromkeys(MARKED_TESTS, 0), "bounced": 11}
    results = analyse(
        pairs_table(table),
        study=STUDY | {"analysis": {"incidents": rule}},
        shortfalls=[SHORTFALL],
        fieldwork=[stratum | change],
        simulated=True,
    )
    document = build_document(release(results, dataclasses.replace(default_policy(), min_pairs=20)), language)
    return next(chapter for chapter in document.chapters if chapter.name == "response").blocks


def _rows(blocks, name):
    table = next(block for block in blocks if getattr(block, "name", "") == name and hasattr(block, "rows"))
    return [[cell.text for cell in row] for row in table.rows]


def test_the_tests_are_followed_from_quota_to_complete():
    rows = {row[0]: row[1:] for row in _rows(_response(), "fieldwork")}
    assert rows["Wanted by the study"] == ["60", "60"]
    assert rows["… could not be planned"] == ["10", "10"]
    assert rows["Planned"] == ["50", "50"]
    assert rows["… another vacancy took the place of the first"] == ["3", "3"]
    assert rows["… given up before both applications were out"] == ["8", "8"]
    assert rows["… not sent yet"] == ["2", "2"]
    assert rows["Complete: these count"] == ["40", "40"]
    assert "… reactions still awaited" not in rows


def test_what_befell_complete_tests_is_told_where_it_is_not_small():
    items = next(block.items for block in _response() if type(block).__name__ == "Bullets")
    assert items[0].endswith(": 11")
    assert items[1].endswith("fewer than 10")


def test_tests_left_out_after_an_incident_stand_in_the_table_and_those_that_count_below_it():
    rows = {row[0]: row[1:] for row in _rows(_response(left_out=2), "fieldwork")}
    assert rows["… left out after an incident with the employer, as the study says"] == ["2", "2"]
    assert rows["Planned"] == ["52", "52"]
    told = [block.items for block in _response(incident=12) if type(block).__name__ == "Bullets"]
    assert not any("complained" in item for item in told[0])
    flagged = _response(incident=12, rule="flag")
    (items,) = (block.items for block in flagged if type(block).__name__ == "Bullets")
    assert items[-1] == "an employer complained or found out, and the test counts all the same: 12"


def test_shortfalls_stand_beside_what_was_completed():
    assert _rows(_response(), "shortfalls")[0][1:] == ["age", "60", "50", "40", "Too few vacancies"]


def test_the_timeline_counts_tests_by_week_and_month():
    blocks = _response("nl")
    assert _rows(blocks, "timeline") == [["januari 2027", "20"], ["februari 2027", "20"]]
    figure = next(block for block in blocks if type(block).__name__ == "Figure")
    # six weeks from 11 January to 15 February, two of them without a test
    assert figure.svg.count("<rect") == 6
    assert "11 januari 2027" in figure.alternative
