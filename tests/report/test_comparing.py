import dataclasses
import math

import pytest

from corrtest.analysis import pooling
from corrtest.disclosure import ReleaseLog, default_policy, release
from corrtest.errors import ReportError
from corrtest.pages import Figure, Paragraph, Table
from corrtest.report import build_comparison, write_comparison
from corrtest.report.contrasts import contrast_key, contrasts
from corrtest.report.shrinkage import log_and_variance, rank_intervals, shrunken_by_release
from tests.disclosure.sectors import sector_results


@pytest.fixture(scope="module")
def sectors():
    return [
        release(sector_results(seed, sector=f"sector_{seed}", committees={str(200 + seed): 120}), default_policy())
        for seed in range(5)
    ]


@pytest.fixture(scope="module")
def waves():
    made = []
    for seed, wave in ((1, "baseline"), (2, "follow_up")):
        results = sector_results(seed)
        made.append(release(dataclasses.replace(results, study={**results.study, "wave": wave}), default_policy()))
    return made


def blocks(document, kind):
    return [block for chapter in document.chapters for block in chapter.blocks if isinstance(block, kind)]


def test_sectors_stand_in_alphabetical_order_without_ranks_whatever_order_they_came_in(sectors):
    document = build_comparison(sectors, "en")
    assert document == build_comparison(sectors[::-1], "en")
    for table in blocks(document, Table):
        names = [row[0].text for row in table.rows]
        assert names == sorted(names)
        assert not any("ank" in column.header for column in table.columns)
        assert "Below 1 = treated candidates at a disadvantage" in table.note


def test_ranks_come_as_intervals_when_asked_for(sectors):
    document = build_comparison(sectors, "en", ranks=True)
    table = blocks(document, Table)[0]
    assert table.columns[-1].header == "Ranks left open"
    assert all(" to " in row[-1].text for row in table.rows)


def test_the_comparison_is_labelled_when_one_of_its_parts_is_simulated(sectors, tmp_path):
    real = [dataclasses.replace(sector_results(seed, sector=f"s{seed}"), simulated=False) for seed in (1, 2)]
    released = [release(each, default_policy(), ReleaseLog.open(tmp_path / "log")) for each in real]
    assert not build_comparison(released, "en").simulated
    mixed = build_comparison([*released, sectors[0]], "en")
    assert "SIMULATED" in mixed.title
    assert all("SIMULATED" in figure.alternative for figure in blocks(mixed, Figure))


def test_baseline_and_follow_up_are_compared_by_the_ratio_of_ratios(waves):
    document = build_comparison(waves[::-1], "en")
    assert "Baseline and follow-up" in document.title
    table = next(block for block in blocks(document, Table) if block.name == "waves")
    before = next(r for r in waves[0] if r.criterion == "age" and r.level is None and r.outcome == "strict")
    after = next(r for r in waves[1] if r.criterion == "age" and r.level is None and r.outcome == "strict")
    found = contrasts(*waves)[contrast_key(before)]
    ratio = after.estimate("discrimination_ratio").value / before.estimate("discrimination_ratio").value
    assert found.ratio_of_ratios == pytest.approx(ratio)
    assert found.lower < found.ratio_of_ratios < found.upper
    net = [cell.estimate("net_discrimination_rate").value for cell in (before, after)]
    assert found.net_rate_change == pytest.approx(net[1] - net[0])
    row = next(row for row in table.rows if row[0].text == "Age")
    assert row[-2].value == found.ratio_of_ratios
    sentences = [block.text for block in blocks(document, Paragraph) if block.role == "finding"]
    assert len(sentences) == 3


def test_a_wave_against_itself_has_not_changed(waves):
    cell = next(r for r in waves[0] if r.shown and r.level is None)
    same = contrasts(waves[0], waves[0])[contrast_key(cell)]
    assert same.ratio_of_ratios == pytest.approx(1)
    assert same.lower * same.upper == pytest.approx(1)


def test_contrasts_know_shown_cells_alone():
    committees = {"318": 12, "319": 24, "330": 200}
    results = sector_results(1, sector="s", committees=committees)
    released = release(results, default_policy())
    found = contrasts(released, released)
    assert released.hidden
    assert set(found) == {contrast_key(cell) for cell in released if cell.shown}


def test_two_sectors_are_held_against_each_other(sectors):
    document = build_comparison(sectors[:2], "en")
    sentences = [block.text for block in blocks(document, Paragraph) if block.role == "finding"]
    assert len(sentences) == 3
    assert all("times that in" in sentence for sentence in sentences)
    assert not [b for b in blocks(build_comparison(sectors, "en"), Paragraph) if b.role == "finding"]


def test_shrunken_ratios_are_those_of_the_analysis_on_released_figures(sectors):
    cells = [next(r for r in each if r.criterion == "age" and r.level is None) for each in sectors]
    found = [log_and_variance(cell) for cell in cells]
    logs, variances = zip(*found, strict=True)
    pooled = pooling.random_effects(logs, variances)
    expected = pooling.shrink(logs, variances, pooled)
    made = shrunken_by_release(cells)
    assert made.method == "REML"
    assert math.log(made.mean) == pytest.approx(pooled.effect)
    for place, ratio in made.ratios.items():
        assert math.log(ratio.value) == pytest.approx(expected.shrunken[place])
        assert math.log(ratio.lower) == pytest.approx(expected.lower[place])
    assert shrunken_by_release(cells[:2]) is None


def test_rank_intervals_hold_every_rank_when_nothing_is_clear_and_one_when_all_is(sectors):
    cells = [next(r for r in each if r.criterion == "age" and r.level is None) for each in sectors]
    assert set(shrunken_by_release(cells).ratios) == {i for i, cell in enumerate(cells) if log_and_variance(cell)}
    ranks = rank_intervals(cells)
    assert all(1 <= low <= high <= len(ranks) for low, high in ranks.values())


def test_too_few_or_wrong_sets_are_refused(sectors, tmp_path):
    with pytest.raises(ReportError, match="two or more"):
        build_comparison(sectors[:1], "en")
    with pytest.raises(ReportError, match="nothing else"):
        write_comparison([sectors[0], sectors[1].releases], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_written_in_every_format(sectors, tmp_path):
    written = write_comparison(sectors, tmp_path, formats=("html", "pdf", "xlsx", "docx"))
    assert len(written) == 8
    assert all(path.stat().st_size > 2000 for path in written)
