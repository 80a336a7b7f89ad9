"""Earlier published results beside a new one: refused, or labelled with what was measured otherwise."""

from __future__ import annotations

import dataclasses
import math

import pytest

from corrtest.analysis import EARLIER_COLUMNS, bridge_results, read_earlier
from corrtest.disclosure import default_policy, release
from corrtest.errors import InputError
from corrtest.pages import languages
from corrtest.report import build_bridge
from corrtest.report.contrasts import released_results
from tests.disclosure.sectors import sector_results

SAME = {
    "name": "Invented 2022",
    "sector": "construction",
    "criterion": "age",
    "outcome": "strict",
    "instrument": "correspondence_test",
    "pairing": "paired",
    "channel": "email",
    "levels": "age_50",
    "window_days": "30",
    "both": "20",
    "control_only": "30",
    "treated_only": "10",
    "neither": "140",
    "source": "Invented for a test",
}
ARMS = {
    "control_positive": "50",
    "control_applications": "200",
    "treated_positive": "30",
    "treated_applications": "200",
}
NO_PAIRS = dict.fromkeys(("both", "control_only", "treated_only", "neither"), "")


@pytest.fixture(scope="module")
def releases():
    study = {
        "instrument": "correspondence_test",
        "pairing": "paired",
        "channels": ["email"],
        "reaction_window_days": 30,
    }
    results = sector_results(1)
    return release(dataclasses.replace(results, study={**results.study, **study}), default_policy())


def written(path, *rows):
    lines = [";".join(EARLIER_COLUMNS), *(";".join(row.get(name, "") for name in EARLIER_COLUMNS) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def bridged(releases, tmp_path, **changed):
    (found,) = bridge_results(
        read_earlier(written(tmp_path / "earlier.csv", SAME | changed)), released_results(releases)
    )
    return found


def test_what_was_measured_alike_is_contrasted_without_reservation(releases, tmp_path):
    found = bridged(releases, tmp_path)
    assert found.differences == ()
    now = next(each for each in releases if each.criterion == "age" and each.outcome == "strict" and not each.level)
    ratio = now.estimate("discrimination_ratio")
    gap = math.log(ratio.value) - math.log(30 / 50)
    # The variance of a paired log ratio: discordant pairs over the product of the positives.
    error = math.hypot(math.sqrt((30 + 10) / (50 * 30)), math.log(ratio.upper / ratio.lower) / (2 * 1.959963984540054))
    assert found.comparison.ratio_of_ratios == pytest.approx(math.exp(gap))
    assert found.comparison.lower == pytest.approx(math.exp(gap - 1.959963984540054 * error))
    assert found.comparison.pvalue_adjusted == pytest.approx(found.comparison.pvalue)


def test_counts_of_the_arms_alone_take_them_as_independent(tmp_path):
    (found,) = read_earlier(written(tmp_path / "earlier.csv", SAME | NO_PAIRS | ARMS))
    value, error = found.log_ratio()
    assert value == pytest.approx(math.log(30 / 50))
    assert error == pytest.approx(math.sqrt(1 / 50 - 1 / 200 + 1 / 30 - 1 / 200))


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"sector": "hospitality"}, "sector"),
        ({"criterion": "gender"}, "criterion"),
        ({"instrument": "survey"}, "instrument"),
        ({"instrument": "client_calls"}, "instrument"),
    ],
)
def test_another_sector_ground_or_instrument_is_refused(releases, tmp_path, changed, what):
    found = bridged(releases, tmp_path, **changed)
    assert what in [each.what for each in found.refused]
    assert found.comparison is None


def test_another_outcome_is_refused(releases, tmp_path):
    strict = dataclasses.replace(
        released_results(releases), study={**releases.study, "outcomes": {"strict": ["invitation"]}}
    )
    (found,) = bridge_results(read_earlier(written(tmp_path / "earlier.csv", SAME | {"outcome": "broad"})), strict)
    assert [each.what for each in found.refused] == ["outcome"]
    assert found.comparison is None


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"channel": "email, telephone"}, "channel"),
        ({"channel": ""}, "channel"),
        ({"pairing": "unpaired"}, "pairing"),
        ({"levels": "age_44"}, "levels"),
        ({"window_days": "14"}, "window_days"),
    ],
)
def test_another_channel_or_method_is_labelled_and_contrasted(releases, tmp_path, changed, what):
    found = bridged(releases, tmp_path, **changed)
    assert [(each.what, each.verdict) for each in found.differences] == [(what, "label")]
    assert found.comparison.ratio_of_ratios is not None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"outcome": "callback"}, "one of strict, broad"),
        ({"channel": "fax"}, "got 'fax'"),
        ({"both": "many"}, "a whole number"),
        ({"both": ""}, "four counts"),
        (NO_PAIRS | ARMS | {"treated_positive": "201"}, "no more than the applications"),
        ({"source": ""}, "a filled cell"),
        (dict.fromkeys(NO_PAIRS, "0"), "more than 0"),
    ],
)
def test_each_fault_of_the_table_is_said(tmp_path, changed, message):
    with pytest.raises(InputError, match="row 2") as refused:
        read_earlier(written(tmp_path / "earlier.csv", SAME | changed))
    assert message in str(refused.value) or message.removeprefix("got ") in str(refused.value)


@pytest.mark.parametrize("language", languages("report"))
def test_the_page_says_each_verdict_and_source(releases, tmp_path, language):
    rows = [SAME, SAME | {"channel": "telephone"}, SAME | {"instrument": "survey"}, SAME | {"joint_committee": "302"}]
    document = build_bridge(releases, read_earlier(written(tmp_path / "earlier.csv", *rows)), language)
    table = next(block for block in document.chapters[0].blocks if type(block).__name__ == "Table")
    verdicts = [row[-1].text for row in table.rows]
    assert len(set(verdicts)) == 4
    assert "Invented for a test" in str(document)
    assert "SIMULATED" in document.title or language != "en"
