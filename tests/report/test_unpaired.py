"""The report of a study in which each vacancy got one application, and of a study whose odd pairs are checked."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import zipfile

import jsonschema
import pytest

from corrtest.analysis import DESIGNS, LABELS, METHOD_LABELS, SECTOR, analyse, pairs_table
from corrtest.analysis.designs.robust import CLUSTER_METHOD, WEIGHTED_METHOD
from corrtest.analysis.models.adjusted import METHOD as ADJUSTED_METHOD
from corrtest.disclosure import default_policy, read_releases, release, releases_schema
from corrtest.pages import Paragraph, Table, catalogue
from corrtest.report import FORMATS, build_comparison, build_document, write_bundle, write_report
from corrtest.report.multiplicity import adjusted_family
from corrtest.report.view import View
from tests.disclosure.sectors import one_application_each, sector_pairs, study_description, with_automatic_answers

COMMITTEES = {"318": 150, "319": 9, "330": 200, "331": 160}


def unpaired_results(seed: int = 1, wave: str = "baseline"):
    table = one_application_each(sector_pairs(seed, sector="social_profit", committees=COMMITTEES), seed)
    study = {**study_description("social_profit", COMMITTEES), "pairing": "unpaired", "wave": wave}
    return analyse(pairs_table(table), study=study, simulated=True)


@pytest.fixture(scope="module")
def unpaired():
    return release(unpaired_results(), default_policy())


@pytest.fixture(scope="module")
def odd():
    table = with_automatic_answers(sector_pairs(1, sector="social_profit", committees=COMMITTEES), 0.25)
    study = study_description("social_profit", COMMITTEES)
    return release(analyse(pairs_table(table), study=study, simulated=True), default_policy())


def text_of(document) -> str:
    return " ".join(str(block) for chapter in document.chapters for block in chapter.blocks)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_unpaired_report_speaks_of_applications_and_never_of_pairs(unpaired, language):
    text = re.sub(r"<svg.*?</svg>", "", text_of(build_document(unpaired, language)), flags=re.DOTALL)
    words = {
        "nl": r"\b(paren|paar|discordant\w*|nettodiscriminatiegraad)\b",
        "en": r"\b(pairs?|discordant|net rate)\b",
    }
    chapters = [c for c in build_document(unpaired, language).chapters if c.name not in ("reproducibility", "limits")]
    for chapter in chapters:
        for block in chapter.blocks:
            if isinstance(block, Paragraph):
                assert not re.search(words[language], block.text), block.text
            if isinstance(block, Table):
                assert not [c.header for c in block.columns if re.search(words[language], c.header, re.IGNORECASE)]
    assert {"nl": "ollicitaties", "en": "pplications"}[language] in text


def test_the_counts_of_both_arms_stand_in_the_tables(unpaired):
    document = build_document(unpaired, "en")
    table = next(b for c in document.chapters for b in c.blocks if isinstance(b, Table) and b.name == "criterion-1")
    cell = next(
        r for r in unpaired if (r.criterion, r.level, r.joint_committee, r.outcome) == ("age", None, None, "strict")
    )
    control, treated = cell.arms
    assert [c.value for c in table.rows[0][1:7]] == [
        cell.pairs,
        cell.employers,
        control.applications,
        control.positives,
        treated.applications,
        treated.positives,
    ]
    assert control.applications + treated.applications == cell.pairs
    assert table.rows[0][9].value == pytest.approx(treated.rate / control.rate)


def test_every_format_the_schema_and_the_bundle_take_an_unpaired_study(unpaired, tmp_path):
    written = {path.suffix: path for path in write_report(unpaired, tmp_path, languages=["nl"], formats=FORMATS)}
    assert set(written) == {".html", ".pdf", ".xlsx", ".docx", ".json"}
    again = read_releases(written[".json"])
    assert again == unpaired
    import json

    jsonschema.validate(json.loads(written[".json"].read_text(encoding="utf-8")), releases_schema())
    with zipfile.ZipFile(write_bundle(unpaired, tmp_path / "bundle", formats=("json",))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("data/pairs.csv").decode("utf-8"))))
        cells = list(csv.DictReader(io.StringIO(archive.read("data/cells.csv").decode("utf-8"))))
    assert {(row["control_positive"] == "") != (row["treated_positive"] == "") for row in rows} == {True}
    assert any(cell["control_positive"] and not cell["both"] for cell in cells)


def test_unpaired_studies_are_compared_over_sectors_and_waves(unpaired):
    follow_up = release(unpaired_results(2, "follow_up"), default_policy())
    waves = build_comparison([follow_up, unpaired], "nl")
    table = next(b for c in waves.chapters for b in c.blocks if isinstance(b, Table) and b.name == "waves")
    assert all(row[3].value is not None for row in table.rows)


def test_the_robustness_chapter_shows_the_check_and_the_range_of_odd_pairs(odd):
    document = build_document(odd, "en")
    table = next(b for c in document.chapters for b in c.blocks if isinstance(b, Table) and b.name == "robustness")
    rows = {(row[0].text, row[1].text.split(" (about")[0]): row for row in table.rows}
    for check in odd.odd_checks:
        if check.outcome != "strict":
            continue
        title = check.criterion.capitalize()
        left_out = rows[title, "Pairs with an automatic answer, a bounce or a late answer left out"]
        assert left_out[2].value == check.ratio.value
        treated, control = check.counts.both + check.counts.treated_only, check.counts.both + check.counts.control_only
        low, high = treated / (control + check.odd), (treated + check.odd) / control
        assert low < check.ratio.value < high
        assert rows[title, "Whatever those pairs would have answered"][3].text == f"{low:.2f} to {high:.2f}"


def test_adjusted_pvalues_rest_on_released_figures_and_hidden_ones_count(odd):
    family = adjusted_family(View(releases=odd, words=catalogue("en")), SECTOR)
    assert len(family) == 3
    assert {each.release.outcome for each in family} == {"strict"}
    ordered = sorted(family, key=lambda each: each.pvalue)
    for place, each in enumerate(ordered):
        assert each.adjusted >= each.pvalue == each.release.tests[0].pvalue
        assert each.adjusted == pytest.approx(
            min(1, max(earlier.pvalue * (3 - i) for i, earlier in enumerate(ordered[: place + 1])))
        )
    strict = dataclasses.replace(default_policy(), min_pairs=10_000)
    table = sector_pairs(1)
    hidden = release(analyse(pairs_table(table), simulated=True), strict)
    view = View(releases=hidden, words=catalogue("en"))
    assert {each.adjusted for each in adjusted_family(view, SECTOR)} == {None}
    assert {test["pvalue_adjusted"] for each in view.families["families"] for test in each["tests"]} == {1.0}


def test_every_method_that_the_analysis_names_has_a_label_in_both_languages():
    designs = DESIGNS.values()
    methods = {name for design in designs for each in design.statistics.values() for name in each.methods}
    methods |= {CLUSTER_METHOD, WEIGHTED_METHOD, ADJUSTED_METHOD}
    assert len(methods) > 12
    assert methods <= set(METHOD_LABELS)
    for method in methods:
        assert set(METHOD_LABELS[method]) >= {"nl", "en"}
        for language in ("nl", "en"):
            words = catalogue(language).with_labels(LABELS)
            assert words.method(method) == words.names["method", method] == METHOD_LABELS[method][language]
            assert words.method(f"{method}_widened").startswith(words.names["method", method] + ", ")


def test_every_figure_of_the_policy_has_a_label():
    names = catalogue("nl").names
    assert set(default_policy().as_dict()) == {key for kind, key in names if kind == "policy"}
