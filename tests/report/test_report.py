import dataclasses
import html.parser
import re

import numpy as np
import pandas as pd
import pytest

from corrtest.analysis import analyse, pairs_table, read_long
from corrtest.disclosure import REASONS, ReleaseLog, default_policy, policy_for, release
from corrtest.errors import ReportError
from corrtest.pages import catalogue
from corrtest.report import build_document, write_report
from tests.disclosure.sectors import SOCIAL_PROFIT, sector_pairs, sector_results

CHAPTERS = [
    "summary",
    "method",
    "response",
    "criteria",
    "committees",
    "outcomes",
    "robustness",
    "benchmark",
    "action",
    "limits",
    "reproducibility",
    "glossary",
]


@pytest.fixture(scope="module")
def construction():
    return release(sector_results(1), default_policy())


@pytest.fixture(scope="module")
def social_profit():
    results = sector_results(1, sector="social_profit", committees=SOCIAL_PROFIT)
    return release(results, dataclasses.replace(default_policy(), min_pairs=25))


def test_one_page_a_language_and_the_same_bytes_each_time(construction, tmp_path):
    first = write_report(construction, tmp_path / "a")
    second = write_report(construction, tmp_path / "b")
    assert [path.name for path in first] == ["SIMULATED_report_nl.html", "SIMULATED_report_en.html"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.parametrize("wrong", ["results", "releases", "subclass"])
def test_nothing_but_a_release_set_is_accepted(construction, tmp_path, wrong):
    class Forged:
        releases = construction.releases
        simulated = False

    given = {"results": sector_results(1), "releases": construction.releases, "subclass": Forged()}[wrong]
    with pytest.raises(ReportError, match="ReleaseSet alone"):
        write_report(given, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_same_twelve_chapters_for_every_sector_and_language(construction, social_profit):
    for releases in (construction, social_profit):
        for language in ("nl", "en"):
            assert [chapter.name for chapter in build_document(releases, language).chapters] == CHAPTERS


class _Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.outside: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "srcset", "data"} and not (value or "").startswith("#"):
                self.outside.append(value)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_stands_alone(construction, tmp_path, language):
    text = write_report(construction, tmp_path, languages=[language])[0].read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert not page.outside
    assert not page.tags & {"script", "link", "iframe", "img", "object"}
    assert "url(" not in text
    assert f'<html lang="{language}">' in text


def test_simulated_results_say_so_on_every_section_table_and_figure(construction, tmp_path):
    text = write_report(construction, tmp_path, languages=["en"])[0].read_text(encoding="utf-8")
    sections = text.split("<section")[1:]
    assert len(sections) == len(CHAPTERS)
    assert all("SIMULATED" in section for section in sections)
    assert all("SIMULATED" in caption for caption in re.findall(r"<caption>.*?</caption>", text))
    assert all("SIMULATED" in title for title in re.findall(r"<title[^>]*>.*?</title>", text))


def test_real_results_carry_no_such_label(tmp_path):
    results = dataclasses.replace(sector_results(1), simulated=False, study={"sector": "construction"})
    log = ReleaseLog.open(tmp_path / "log")
    written = write_report(release(results, default_policy(), log), tmp_path, languages=["en"])
    assert [path.name for path in written] == ["report_en.html"]
    assert "SIMULATED" not in written[0].read_text(encoding="utf-8")


def test_every_table_with_a_ratio_states_its_direction(social_profit):
    for language, words in (("nl", "Onder 1 = testkandidaten benadeeld"), ("en", "Below 1 = treated candidates")):
        tables = [
            block
            for chapter in build_document(social_profit, language).chapters
            for block in chapter.blocks
            if type(block).__name__ == "Table" and any("atio" in column.header for column in block.columns)
        ]
        assert len(tables) > 5
        assert all(words in table.note for table in tables)


def test_numbers_are_written_as_the_reader_writes_them(construction, tmp_path):
    dutch, english = (path.read_text(encoding="utf-8") for path in write_report(construction, tmp_path))
    ratio = next(r for r in construction if r.criterion == "age").estimate("discrimination_ratio").value
    assert f"{ratio:.2f}".replace(".", ",") in dutch
    assert f"{ratio:.2f}" in english
    assert f"{ratio:.2f}" not in dutch


def test_no_wording_claims_that_nothing_was_found(social_profit, construction, tmp_path):
    for releases in (construction, social_profit):
        for path in write_report(releases, tmp_path):
            text = path.read_text(encoding="utf-8").lower()
            assert "no discrimination" not in text
            assert "geen discriminatie" not in text


def test_no_employer_or_pair_identifier_leaves(tmp_path):
    table = sector_pairs(1)
    text = "".join(
        p.read_text(encoding="utf-8") for p in write_report(release(sector_results(1), default_policy()), tmp_path)
    )
    for identifier in set(table["employer"]) | set(table["pair_id"]):
        assert identifier not in text


@pytest.fixture(scope="module")
def small_committee():
    """A sector in which a committee is hidden so that another, too small, cannot be had by subtraction."""
    results = sector_results(3, sector="social_profit", committees={"330": 200, "331": 60, "337": 12})
    return release(results, dataclasses.replace(default_policy(), merge_small=False))


def _limits(releases):
    chapters = build_document(releases, "nl").chapters
    return next(chapter for chapter in chapters if chapter.name == "limits").blocks


def test_results_too_small_by_plan_are_a_number_and_no_list(small_committee):
    small = {each.suppression.rule for each in small_committee.hidden if not each.level}
    assert "min_pairs" in small
    text = " ".join(getattr(block, "text", "") for block in _limits(small_committee))
    assert "te klein, wat de reacties ook waren: 3 resultaten. Er staan minder dan 20 paren achter." in text
    rows = [row for block in _limits(small_committee) if getattr(block, "name", "") == "hidden" for row in block.rows]
    assert not [row for row in rows if "minder dan 20" in row[-1].text]


def test_other_hidden_results_appear_with_their_reason_and_without_figures(small_committee):
    releases = small_committee
    protected = [each for each in releases.hidden if each.suppression.rule == "complementary" and not each.level]
    assert protected
    table = next(block for block in _limits(releases) if getattr(block, "name", "") == "hidden")
    reasons = {catalogue("nl").text(text, least=1, times=2, percent=25, number=2) for text in REASONS.values()}
    assert {row[-1].text for row in table.rows} <= reasons
    assert len(table.rows) >= len({each.criterion for each in protected})


@pytest.mark.parametrize(("languages", "formats"), [(["xx"], ["html"]), (["nl"], ["docm"])])
def test_unknown_languages_and_formats_get_a_message_and_write_nothing(construction, tmp_path, languages, formats):
    with pytest.raises(ReportError, match="There is no report"):
        write_report(construction, tmp_path / "out", languages=languages, formats=formats)
    assert not (tmp_path / "out").exists()


def test_results_of_other_data_without_study_or_employers_give_a_report(developers_file, tmp_path):
    table = read_long(
        developers_file,
        vacancy="offer",
        candidates=["origin", "gender"],
        positive="callback",
        reference="F,Man",
    )
    results = analyse(table)
    releases = release(results, policy_for(results))
    assert releases.unit == "vacancy"
    dutch, english = (path.read_text(encoding="utf-8") for path in write_report(releases, tmp_path))
    assert "do not say which employer" in english
    assert "zeggen niet welke werkgever" in dutch
    assert "rigin, gender" in english
    assert "F,Man" in english
    assert "order of sending" not in english
    assert results.inputs["pairs"]["sha256"] in english  # published data: anyone may check them


def test_a_sector_too_small_to_show_anything_still_gets_a_report(tmp_path):
    releases = release(sector_results(1, committees={"124": 6}), default_policy())
    assert len(releases.hidden) == len(releases)
    for path in write_report(releases, tmp_path, formats=("html", "pdf", "xlsx", "docx", "json")):
        assert path.stat().st_size > 1000
    text = (tmp_path / "SIMULATED_report_en.html").read_text(encoding="utf-8")
    assert "Not shown. Fewer than 20 pairs stand behind this cell." in text


def test_names_from_the_study_cannot_become_markup(tmp_path):
    table = sector_pairs(1).assign(level='<script>alert("x")</script>')
    releases = release(analyse(pairs_table(table), simulated=True), default_policy())
    text = write_report(releases, tmp_path, languages=["en"])[0].read_text(encoding="utf-8")
    assert "<script" not in text.lower()


def test_counts_by_a_further_field_are_shown_beside_the_criteria(tmp_path):
    table = sector_pairs(1).assign(province=["Antwerpen", "Limburg"] * 300)
    releases = release(analyse(pairs_table(table), by=("province",), simulated=True), default_policy())
    text = write_report(releases, tmp_path, languages=["nl"])[0].read_text(encoding="utf-8")
    assert "aantallen per provincie" in text
    assert "Limburg" in text


@pytest.mark.parametrize(("difference", "said"), [(0.08, "waren even lang"), (0.14, "waren niet even lang")])
def test_the_report_says_whether_the_documents_were_equally_long(difference, said):
    balance = {"measure": "letter words", "difference": difference, "limit": 0.1}
    results = sector_results(1)
    silent, told = (
        release(dataclasses.replace(results, study={**(results.study or {}), **more}), default_policy())
        for more in ({}, {"length_balance": balance})
    )
    assert "even lang" not in str(_limits(silent))
    text = str(_limits(told))
    assert said in text
    assert f"0,{difference * 100:02.0f} standaardafwijking (brief: woorden; 0,10 was toegestaan)" in text


def test_noise_stands_beside_each_count_and_the_coalition_is_explained_where_counts_are_exact():
    results = sector_results(1)
    noisy = release(results, dataclasses.replace(default_policy(), protection="all_but_one"))
    exact = release(results, default_policy())
    for releases, noise in ((noisy, True), (exact, False)):
        document = build_document(releases, "en")
        tables = [block for chapter in document.chapters for block in chapter.blocks if hasattr(block, "columns")]
        counted = next(block for block in tables if block.name == "criterion-1")
        assert all(("±" in cell.text) == noise for row in counted.rows for cell in row[3:7] if cell.value is not None)
        text = " ".join(getattr(block, "text", "") for block in _limits(releases))
        assert ("hun eigen antwoorden samenleggen" in text) == (not noise)


def test_other_data_in_which_a_candidate_applied_several_times_rest_on_applications(tmp_path):
    rng = np.random.default_rng(1)
    rows = [(v, name, int(rng.random() < 0.3)) for v in range(120) for name in "AABB"]
    pd.DataFrame(rows, columns=["v", "name", "call"]).to_csv(tmp_path / "long.csv", index=False)
    results = analyse(read_long(tmp_path / "long.csv", vacancy="v", candidates=["name"], positive="call"))
    (english,) = write_report(release(results, policy_for(results)), tmp_path / "out", languages=["en"])
    text = english.read_text(encoding="utf-8")
    assert "It rests on 480 applications." in text
    assert "two applications to the same vacancy" not in text


def test_every_id_of_the_page_is_its_own(social_profit, tmp_path):
    text = write_report(social_profit, tmp_path, languages=["nl"])[0].read_text(encoding="utf-8")
    found = re.findall(r'\bid="([^"]+)"', text)
    assert len(found) > 40
    assert sorted(found) == sorted(set(found))
