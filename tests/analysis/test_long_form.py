"""The long form against the counts of the R package callback, and its explicit rules."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from corrtest.analysis import all_comparisons, analyse, long_table, read_long
from corrtest.analysis.read.long_form import CandidateTable
from corrtest.errors import AnalysisError, InputError


def test_counts_equal_the_callback_package(reference: Path, developers_file: Path) -> None:
    known = json.loads((reference / "callback_counts.json").read_text(encoding="utf-8"))
    named = known["counts"][0]["comparison"].split(".vs.")[0].split(".")
    table = read_long(
        developers_file, vacancy="offer", candidates=known["candidate"], positive="callback", reference=named
    )
    groups = {group.level: group for group in analyse(table).groups}
    assert len(groups) == len(known["counts"]) == 7
    for row in known["counts"]:
        counts = groups[row["comparison"].split(".vs.")[1].replace(".", ",")].counts
        assert counts.pairs == row["tests"]
        assert counts.as_dict() == {
            "both": row["c11"],
            "control_only": row["c10"],
            "treated_only": row["c01"],
            "neither": row["c00"],
        }


def write(folder: Path, text: str) -> Path:
    path = folder / "long.csv"
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, **changes: object):
    options = {"vacancy": "v", "candidates": ["name"], "positive": "call", "reference": "A", **changes}
    return read_long(path, **options)


def test_maximum_rule_and_missing_candidates_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "v,name,call\n1,A,0\n1,A,1\n1,B,0\n2,A,0\n3,B,1\n4,A,1\n4,B,1\n")
    table = read(path, repeated="any")
    (group,) = analyse(table).groups
    assert (group.criterion, group.level, group.outcome) == ("name", "B", "call")
    assert group.counts.as_dict() == {"both": 1, "control_only": 1, "treated_only": 0, "neither": 0}
    assert any("to a vacancy: 1." in note and "maximum" in note for note in table.notes)
    assert any("left out" in note and "2" in note for note in table.notes)


def test_an_unknown_reference_names_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, "v,name,call\n1,Alfa,0\n1,Beta,1\n")
    with pytest.raises(AnalysisError, match="Did you mean 'Alfa'"):
        read(path, reference="Alpha")


def test_rows_without_a_usable_reaction_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "v,name,call\n1,A,0\n1,B,NA\n,B,1\n")
    with pytest.raises(InputError) as caught:
        read(path)
    assert [fault.row for fault in caught.value.faults] == [3, 4]


def test_no_vacancy_with_two_candidates(tmp_path: Path) -> None:
    path = write(tmp_path, "v,name,call\n1,A,0\n2,B,1\n")
    with pytest.raises(AnalysisError, match="No vacancy"):
        read(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "v,name,call\n1,A,0\n1,B,1\n")
    with pytest.raises(InputError, match="'callback'"):
        read(path, positive="callback")


def test_every_application_counts_and_vacancies_answer_together(tmp_path: Path) -> None:
    """The rates are those of the applications, and the error of the difference that of the clustered regression."""
    rng = np.random.default_rng(1)
    rows = [(v, name, v) for v in range(120) for name in "AB" for _ in range(1 + v % 3)]
    chance = rng.beta(1, 3, 120)
    lines = [f"{v},{name},{int(rng.random() < chance[of])}" for v, name, of in rows]
    path = write(tmp_path, "v,name,call\n" + "\n".join(lines) + "\n999,A,1\n")
    table = read(path)
    results = analyse(table)
    (group,) = results.groups
    frame = pd.read_csv(path)[:-1]
    rates = frame.groupby("name")["call"].mean()
    assert group.estimate("positive_rate_control").value == pytest.approx(rates["A"])
    assert group.estimate("positive_rate_treated").value == pytest.approx(rates["B"])
    assert results.inputs["cluster"] == "vacancy"
    assert results.inputs["pairs"]["repeated"] == {"rule": "each", "times": 160}
    assert any("Every application counts" in note for note in results.notes)
    x = np.column_stack([np.ones(len(frame)), frame["name"] == "B"]).astype(float)
    fit = sm.OLS(frame["call"], x).fit(cov_type="cluster", cov_kwds={"groups": frame["v"]})
    assert np.sqrt(group.tests[0].statistic) == pytest.approx(abs(fit.tvalues.iloc[1]), rel=0.02)
    difference = group.estimate("rate_difference")
    assert difference.upper - difference.lower == pytest.approx(2 * 1.98 * fit.bse.iloc[1], rel=0.03)


def test_an_unknown_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="--repeated cannot be 'most'"):
        read(write(tmp_path, "v,name,call\n1,A,0\n1,B,1\n"), repeated="most")


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.3, 1.0])
def test_vacancies_that_answer_alike_do_not_make_false_findings(spread: float) -> None:
    """Two applications of each candidate to 60 vacancies, each with a chance of its own: the size of the test."""
    rng = np.random.default_rng(2)
    rejected, held = [], []
    for _ in range(400):
        chance = rng.beta(0.25 * spread, 0.75 * spread, 60)
        table = CandidateTable(
            names=("a", "b"),
            positives=rng.binomial(2, np.column_stack([chance, chance])),
            applied=np.full((60, 2), 2),
            outcome="y",
        )
        (group,) = all_comparisons(table)
        difference = group.estimate("rate_difference")
        rejected.append((group.tests[0].pvalue or 1.0) < 0.05)
        held.append(difference.lower <= 0 <= difference.upper)
    assert 0.02 < np.mean(rejected) < 0.08
    assert 0.92 < np.mean(held) < 0.985


class TestNamesOfCandidates:
    AGES = pd.DataFrame(
        {"vac": ["1", "1", "2", "2"], "who": ["Vrouw, 28 jaar", "Vrouw, 52 jaar"] * 2, "pos": ["1", "0", "0", "0"]}
    )
    MIXED = pd.DataFrame(
        {
            "vac": ["1", "1", "2", "2"],
            "name": ["Peeters", "Diallo,Awa", "Peeters", "Diallo"],
            "role": ["kok", "kok", "kok", "Awa,kok"],
            "pos": ["1", "0", "0", "0"],
        }
    )

    @pytest.mark.parametrize("typed", ["Vrouw, 28 jaar", '"Vrouw, 28 jaar"', " Vrouw, 28 jaar"])
    def test_a_value_is_named_as_it_stands(self, typed):
        table = long_table(self.AGES, vacancy="vac", candidates=["who"], positive="pos", reference=typed)
        assert table.frame["level"].unique().tolist() == ["Vrouw, 52 jaar"]

    def test_two_candidates_never_share_a_name(self):
        table = long_table(
            self.MIXED, vacancy="vac", candidates=["name", "role"], positive="pos", reference="Peeters, kok"
        )
        assert table.frame["level"].unique().tolist() == ['"Diallo,Awa",kok', 'Diallo,"Awa,kok"']

    @pytest.mark.parametrize("typed", ['"Diallo,Awa",kok', '"Diallo,Awa", kok', ("Diallo,Awa", "kok")])
    def test_either_can_be_the_reference(self, typed):
        table = long_table(self.MIXED, vacancy="vac", candidates=["name", "role"], positive="pos", reference=typed)
        assert table.frame["level"].unique().tolist() == ["Peeters,kok"]

    def test_what_stands_for_none_alone_is_refused_with_the_nearest(self):
        with pytest.raises(AnalysisError, match="Did you mean"):
            long_table(
                self.MIXED, vacancy="vac", candidates=["name", "role"], positive="pos", reference="Diallo,Awa,kok"
            )


def test_a_candidate_without_a_pair_is_named():
    rows = [("1", "A", "1"), ("1", "B", "0"), ("2", "A", "0"), ("2", "B", "0"), ("3", "C", "1")]
    table = long_table(
        pd.DataFrame(rows, columns=["vac", "who", "pos"]), vacancy="vac", candidates=["who"], positive="pos"
    )
    assert any(note.startswith("C: no vacancy had both") for note in table.notes)
    assert table.frame["level"].unique().tolist() == ["B"]
