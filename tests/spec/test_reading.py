from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corrtest.errors import StudyError
from corrtest.resources import designs_folder
from corrtest.spec import Detectability, joint_committees, read_study, read_study_text

CONSTRUCTION = (designs_folder() / "construction.toml").read_text(encoding="utf-8")


def faults_of(text: str) -> dict[str, str]:
    with pytest.raises(StudyError) as caught:
        read_study_text(text, "study.toml")
    return {str(fault.key): str(fault) for fault in caught.value.faults}


@pytest.mark.parametrize("path", sorted(designs_folder().glob("*.toml")), ids=lambda path: path.stem)
def test_every_ready_design_reads(path):
    study = read_study(path)
    assert study.sector
    assert all(committee.number in joint_committees().index for committee in study.committees)


def test_construction_is_the_classic_measurement():
    study = read_study(designs_folder() / "construction.toml")
    assert study.quota() == {("124", "origin"): 200, ("124", "age"): 200, ("124", "disability"): 200}
    assert study.period.start == date(2027, 1, 11)
    assert study.caps.window.weeks == 8
    assert study.approval.missing == ("ethics_reference", "authorised_by", "employers_informed_on")


def test_social_profit_has_its_seven_committees():
    study = read_study(designs_folder() / "social_profit.toml")
    assert [c.number for c in study.committees] == ["318", "319", "327", "329", "330", "331", "337"]
    assert study.pairs_wanted == 4200


def test_all_faults_come_at_once_with_line_and_nearest_key():
    text = (
        CONSTRUCTION.replace("seed = 20270111", 'seed = "x"')
        .replace('wave = "baseline"', 'wave = "baselin"')
        .replace("lag_days", "lag_dais")
        .replace('number = "124"', "number = 124", 1)
        .replace('strict = ["invitation"]', 'strict = ["invitaton"]')
    )
    faults = faults_of(text)
    assert {"study.seed", "study.wave", "fieldwork.lag_dais", "committee[0].number", "outcomes.strict"} <= set(faults)
    line = (
        text.splitlines().index(
            "number = 124                                        # a text: committee numbers may end in zeros"
        )
        + 1
    )
    assert f"line {line}" in faults["committee[0].number"]
    assert 'Write number = "124"' in faults["committee[0].number"]
    assert "Did you mean 'baseline'?" in faults["study.wave"]
    assert "Did you mean 'lag_days'?" in faults["fieldwork.lag_dais"]
    assert "Did you mean 'invitation'?" in faults["outcomes.strict"]


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("total = 2 ", "total = 0 ", "caps.total", "at least 1"),
        ("window = { pairs = 1, weeks = 8 }", "window = { pairs = 3, weeks = 8 }", "caps.window.pairs", "no more than"),
        ("window = { pairs = 1, weeks = 8 }", "window = { pairs = 1, weeks = 80 }", "caps.window.weeks", "no longer"),
        ("end = 2027-07-09", "end = 2026-07-09", "study.period", "on or after the start"),
        ("seed = 20270111", "# seed", "study.seed", "got nothing"),
        ("share = 0.25 },\n]", "share = 0.2 },\n]", "criterion[0].levels", "sum to 1"),
        ("origin = 200", "orign = 200", "committee[0].pairs.orign", "Did you mean 'origin'?"),
        ('number = "124"', 'number = "1240"', "committee[0].number", "a Belgian joint committee"),
        ("origin = 200", "origin = -1", "committee[0].pairs.origin", "at least 0"),
        ("min_pairs = 30", "min_pairs = 1", "disclosure.min_pairs", "at least 3"),
        (
            "# employers_informed_on = 2026-12-01",
            "employers_informed_on = 2027-02-01",
            "approval.employers_informed_on",
            "before the start",
        ),
        ('# authorised_by = "…"', "authorised_by = 3", "approval.authorised_by", "a text in quotes"),
        ('broad = ["invitation", "other_positive"]', 'broad = ["other_positive"]', "outcomes.broad", "Add invitation"),
        ("lag_days = 1 ", "lag_days = 400 ", "fieldwork.lag_days", "fewer days"),
    ],
)
def test_a_fault_says_where_and_what_to_do(old, new, key, message):
    assert old in CONSTRUCTION
    faults = faults_of(CONSTRUCTION.replace(old, new, 1))
    assert key in faults, faults
    assert message in faults[key]


def test_repeated_committee_and_missing_tables():
    committee = CONSTRUCTION[CONSTRUCTION.index("[[committee]]") : CONSTRUCTION.index("[[criterion]]")]
    assert "each name once" in faults_of(CONSTRUCTION.replace(committee, committee * 2, 1))["committee"]
    faults = faults_of('[study]\nname = "x"\n')
    assert {"study.sector", "study.period", "criterion", "committee", "caps"} <= set(faults)


@pytest.mark.parametrize(("text", "message"), [("", "is empty"), ("name = ", "not valid TOML"), ("[a]\n[a]", "TOML")])
def test_what_is_no_study_gets_one_message(text, message):
    with pytest.raises(StudyError, match=message):
        read_study_text(text, "study.toml")


def test_a_missing_file_names_the_next_step(tmp_path):
    with pytest.raises(StudyError, match="corrtest new"):
        read_study(tmp_path / "no.toml")


def test_the_primary_outcome_is_the_strict_one_unless_the_study_chooses():
    assert read_study_text(CONSTRUCTION, "study.toml").description()["primary_outcome"] == "strict"
    broad = CONSTRUCTION.replace("[outcomes]\n", '[outcomes]\nprimary = "broad"\n', 1)
    assert read_study_text(broad, "study.toml").description()["primary_outcome"] == "broad"
    assert "Did you mean 'broad'?" in faults_of(broad.replace('"broad"\n', '"brod"\n', 1))["outcomes.primary"]


def test_how_a_study_is_carried_out_is_read():
    text = CONSTRUCTION.replace('language = "nl"', 'language = "nl"\npairing = "unpaired"').replace(
        "lag_days = 1 ", "lag_days = [1, 3] "
    )
    text = text.replace(
        'cluster = "employer"',
        'cluster = "vacancy"\nemployer_correlation = 0.1\nodd_reactions = "bounded"\n'
        'multiplicity = "benjamini_hochberg"\n'
        'monitoring = { rule = "pocock", looks = [0.5, 1.0], alpha = 0.04 }',
    )
    text += (
        '\n[documents]\nnationality = "omitted"\nmother_tongue = "by_level"\nrefused_names = ["An Peeters"]\n'
        '\n[[partner]]\nname = "north"\npairs_per_day = 12\n\n[[partner]]\nname = "south"\n'
    )
    study = read_study_text(text, "study.toml")
    assert study.pairing == "unpaired"
    assert (study.fieldwork.lag_days, study.fieldwork.lag_days_most) == (1, 3)
    assert study.description()["lag_days"] == [1, 3]
    assert study.analysis.description() == {
        "confidence_level": 0.95,
        "employer_correlation": 0.1,
        "cluster": "vacancy",
        "multiplicity": "benjamini_hochberg",
        "odd_reactions": "bounded",
        "incidents": "exclude",
        "monitoring": {"rule": "pocock", "looks": [0.5, 1.0], "alpha": 0.04},
    }
    assert (study.documents.nationality, study.documents.mother_tongue) == ("omitted", "by_level")
    assert study.documents.refused_names == ("An Peeters",)
    assert [(partner.name, partner.pairs_per_day) for partner in study.partners] == [("north", 12), ("south", None)]


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("lag_days = 1 ", "lag_days = [3, 1] ", "fieldwork.lag_days", "the least and the most"),
        ("lag_days = 1 ", "lag_days = [1, 900] ", "fieldwork.lag_days", "fewer days than the study"),
        (
            'cluster = "employer"',
            'monitoring = { rule = "pocock", looks = [0.5] }',
            "analysis.monitoring.looks",
            "the last one 1",
        ),
        (
            'cluster = "employer"',
            'monitoring = { rule = "e_process", looks = [1.0] }',
            "analysis.monitoring.looks",
            "after any pair",
        ),
        ('cluster = "employer"', 'monitoring = { rule = "haybittle" }', "analysis.monitoring.rule", "obrien_fleming"),
        ('language = "nl"', 'language = "nl"\npairing = "both"', "study.pairing", "paired, unpaired"),
    ],
)
def test_wrong_options_are_named(old, new, key, said):
    assert said in faults_of(CONSTRUCTION.replace(old, new))[key]


def test_the_limits_of_the_audit_of_documents_are_read_within_their_bounds():
    usual = read_study_text(CONSTRUCTION, "study.toml").detectability
    assert usual == Detectability()
    strict = read_study_text(CONSTRUCTION + "\n[detectability]\nshared_runs = 4\ngroup_links = 0\n", "study.toml")
    assert strict.detectability == replace(usual, shared_runs=4, group_links=0.0)
    faults = faults_of(CONSTRUCTION + "\n[detectability]\narms_auc = 0.4\nshared_runs = 0\nlinks = 1\n")
    assert "between 0.5 and 1" in faults["detectability.arms_auc"]
    assert "at least 1" in faults["detectability.shared_runs"]
    assert "detectability.links" in faults


def test_a_partner_is_named_once():
    text = CONSTRUCTION + '\n[[partner]]\nname = "north"\n\n[[partner]]\nname = "north"\n'
    assert "each name once" in faults_of(text)["partner"]


@pytest.mark.parametrize(
    "name",
    ["../../<img src=x>", "..", "a/b", "a\\\\b", "bouw\\u202e", "bouw\\nBcc: x", "<b>bouw</b>", "-rf", "a\\u0000b"],
)
def test_a_sector_is_a_name_and_no_path_or_markup(name):
    faults = faults_of(CONSTRUCTION.replace('sector = "construction"', f'sector = "{name}"'))
    assert list(faults) == ["study.sector"]


@pytest.mark.parametrize(
    "name", ["construction", "Bouw & hout (PC 124)", "l'hôtellerie", "PC 322.01 – titres-services"]
)
def test_names_as_people_write_them_pass(name):
    text = CONSTRUCTION.replace('sector = "construction"', f'sector = "{name}"')
    assert read_study_text(text, "study.toml").sector == name


def test_no_text_of_a_study_holds_a_second_line():
    faults = faults_of(CONSTRUCTION + '\n[[partner]]\nname = "Partner\\u0007"\n')
    assert "partner[0].name" in faults
    faults = faults_of(CONSTRUCTION.replace('title = "metselaar"', 'title = "metselaar\\r\\nBcc: iemand"'))
    assert "occupation[0].title" in faults
