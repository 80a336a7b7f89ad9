"""The linking attack finds what is there to be found, and nothing where both kinds are made alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from documents.linking import Documents, attack, auc
from documents.make import plan
from documents.ordinary import application
from faker import Faker


def written(folder: Path, seed: int, sentence: str = "", count: int = 40) -> Documents:
    make = Faker("nl_BE")
    make.seed_instance(seed)
    for number in range(count):
        place = folder / f"P{number // 2:03d}" / ("control", "treated")[number % 2]
        place.mkdir(parents=True)
        for name, text in application(make).items():
            more = f"\n{sentence}" if name == "letter.txt" else ""
            (place / name).write_text(text + more, encoding="utf-8")
    return Documents(folder)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    passage = (
        "Ik kom graag langs om te laten zien wat ik kan en wie ik ben. Bij mijn vorige werkgever stond ik elke dag om "
        "zes uur op de werf en dat deed ik met plezier. Mijn collega's kunnen u vertellen dat ik nooit iets half doe."
    )
    return written(tmp_path_factory.mktemp("study"), 1, passage)


def test_a_passage_that_all_of_a_study_share_gives_it_away_after_one_document(study: Documents, tmp_path: Path) -> None:
    table = attack(study, {"ordinary": written(tmp_path, 2, count=60)}, None, 6, 1)
    copying = table.loc[table["way"] == "copying"]
    assert list(copying["seen"]) == [1, 2, 5, 10]
    assert (copying["auc"] > 0.98).all()
    assert (copying["found_at_5_percent_false_alarms"] > 0.95).all()
    assert (table["lower"] <= table["auc"]).all() and (table["auc"] <= table["upper"]).all()


def test_what_is_made_alike_is_not_told_apart(tmp_path: Path) -> None:
    one, other, own = (written(tmp_path / str(seed), seed, count=60) for seed in (3, 4, 5))
    table = attack(one, {"another study": other}, own, 12, 1)
    assert set(table["way"]) == {"copying", "style", "both", "package"}
    assert table["auc"].between(0.35, 0.65).all()


def test_the_auc_counts_pairs_that_are_in_order() -> None:
    assert auc(np.array([2.0, 3.0]), np.array([1.0, 2.0])) == (1 + 0.5 + 1 + 1) / 4


def test_texts_are_read_without_name_mailbox_and_numbers(study: Documents) -> None:
    assert all("@" not in text and not any(letter in "123456789" for letter in text) for text in study.texts)


def test_the_small_study_counterbalances_layout_and_order() -> None:
    table = plan("mason", 72, "nl")
    counts = table.groupby(["criterion", "control_template"]).size()
    assert counts.nunique() == 1
    assert (table["control_template"] != table["treated_template"]).all()
