"""Results by channel in the report: what the gate lets through, and the sentence on whether channels differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from corrtest.analysis import analyse, channel_tests, pairs_table
from corrtest.disclosure import ReleaseSet, default_policy, release
from corrtest.pages import Paragraph, Table, catalogue
from corrtest.report.chapters.criteria import criteria
from corrtest.report.contrasts import released_results
from corrtest.report.view import View


def released(by_telephone: int) -> ReleaseSet:
    """Return the releases of 600 pairs, so many of them by telephone, where the disadvantage is the smaller."""
    rng = np.random.default_rng(4)
    telephone = np.arange(600) < by_telephone
    control = rng.random(600) < 0.4
    table = pd.DataFrame(
        {
            "pair_id": range(600),
            "sector": "construction",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "maghrebi_name",
            "employer": [f"e{number}" for number in range(600)],
            "channel": np.where(telephone, "telephone", "email"),
            "control_positive": control.astype(int),
            "treated_positive": (rng.random(600) < np.where(telephone, 0.38, 0.15)).astype(int),
        }
    )
    return release(analyse(pairs_table(table), by=["channel"], simulated=True), default_policy())


@pytest.fixture(scope="module")
def releases() -> ReleaseSet:
    return released(250)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The ratio differs between e-mail and telephone beyond what chance explains (p"),
        ("nl", "De ratio verschilt tussen e-mail en telefoon meer dan toeval verklaart (p"),
        ("fr", "Le ratio diffère entre e-mail et téléphone plus que le hasard ne l'explique (p"),
        ("de", "Das Verhältnis unterscheidet sich zwischen E-Mail und Telefon"),
    ],
)
def test_a_table_and_a_sentence_by_channel(releases: ReleaseSet, language: str, said: str) -> None:
    blocks = criteria(View(releases=releases, words=catalogue(language))).blocks
    place = next(
        number for number, block in enumerate(blocks) if isinstance(block, Table) and block.name.endswith("-channel")
    )
    table, sentence = blocks[place], blocks[place + 1]
    assert isinstance(table, Table)
    assert isinstance(sentence, Paragraph)
    assert [row[1].value for row in table.rows] == [350, 250]
    assert [row[0].text.casefold() for row in table.rows] == [
        catalogue(language).name("channel", name).casefold() for name in ("email", "telephone")
    ]
    assert sentence.text.startswith(said)


def test_the_test_is_of_what_was_released(releases: ReleaseSet) -> None:
    (test,) = channel_tests(released_results(releases).groups, "positive")
    shown = [each.estimate("discrimination_ratio") for each in releases if each.extra.get("channel")]
    widths = [np.log(each.upper / each.lower) / (2 * 1.959963984540054) for each in shown]
    gap = np.log(shown[0].value / shown[1].value)
    # With two channels Q is the square of the difference over its error.
    assert test.statistic == pytest.approx(gap**2 / (widths[0] ** 2 + widths[1] ** 2))


def test_a_small_channel_is_hidden_and_not_had_by_subtraction() -> None:
    few = released(8)
    of_channel = [each for each in few if each.extra.get("channel")]
    assert not any(each.shown for each in of_channel)
    assert any(each.shown for each in few)
    blocks = criteria(View(releases=few, words=catalogue("nl"))).blocks
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert "Of de ratio per kanaal verschilt, mag niet getoond worden." in texts
