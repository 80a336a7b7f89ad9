import hashlib
import shutil
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.design import feasibility_faults, make_plan, plan_together, read_drawn_plan, read_plan, write_plan
from corrtest.design.plan_files import parquet_digest, table_digest
from corrtest.errors import DesignError
from corrtest.spec import Caps, Occupation, Window, identities_of, read_study_text
from corrtest.spec.study import SizeStep
from tests.design.checker import broken_rules, unbalanced
from tests.design.instances import make_study, make_vacancies
from tests.register.conftest import a_study

ALL = {"origin": 40, "age": 40, "disability": 40}
KEY = bytes(32)


def loads(pairs):
    table = {}
    for pair in pairs.to_dict("records"):
        table.setdefault(pair["employer_id"], []).append((pair["send_first_on"].date(), pair["send_second_on"].date()))
    return table


def test_a_study_with_room_is_filled_and_counterbalanced():
    study = make_study({"124": ALL})
    vacancies = make_vacancies(study, 600, 300)
    plan = make_plan(study, vacancies)
    assert broken_rules(study, vacancies, plan.pairs) == []
    assert unbalanced(plan.pairs, study) == []
    assert plan.pairs.groupby("criterion").size().to_dict() == ALL
    assert plan.shortfalls == ()
    assert plan.manifest["upper_bound"] == len(plan.pairs) == 120


def test_without_permission_a_shortfall_is_refused_with_each_stratum_and_its_cause():
    study = make_study({"124": {"origin": 100}, "200": {"age": 5}})
    vacancies = make_vacancies(study, 60, 10)
    with pytest.raises(DesignError, match=r"committee 124, origin.*too few vacancies.*--allow-shortfall"):
        make_plan(study, vacancies)


@pytest.mark.parametrize(
    ("count", "employers", "caps", "cause"),
    [
        (60, 60, Caps(total=9, window=Window(pairs=9, weeks=1)), "too few vacancies"),
        (300, 20, Caps(total=2, window=Window(pairs=2, weeks=1)), "too few employers under the cap"),
        (150, 90, Caps(total=9, window=Window(pairs=1, weeks=20)), "windows"),
    ],
)
def test_a_shortfall_names_what_binds(count, employers, caps, cause):
    study = make_study({"124": {"origin": 100}}, caps=caps)
    vacancies = make_vacancies(study, count, employers)
    plan = make_plan(study, vacancies, allow_shortfall=True)
    assert plan.shortfalls[0].cause.startswith(cause)
    assert plan.shortfalls[0].planned == len(plan.pairs) < 100
    assert len(plan.pairs) <= plan.manifest["upper_bound"]


def test_faults_before_planning_name_the_committee():
    study = make_study({"124": {"origin": 100}})
    faults = feasibility_faults(study, make_vacancies(study, 60, 10))
    assert [fault.key for fault in faults] == ["committee 124"]
    assert feasibility_faults(study, make_vacancies(study, 900, 400)) == ()


def test_tests_counted_in_applications_make_half_as_many_pairs():
    study = make_study({"124": {"origin": 41}}, tests_are="applications")
    assert len(make_plan(study, make_vacancies(study, 200, 90)).pairs) == 20


def test_only_tested_occupations_are_used():
    study = make_study({"124": {"origin": 20}}, occupations=(Occupation(code="mason", title="", committees=("124",)),))
    vacancies = make_vacancies(study, 200, 90)
    assert set(make_plan(study, vacancies).pairs["occupation"]) == {"mason"}


def test_a_blackout_that_leaves_no_day_is_named():
    study = make_study(
        {"124": {"origin": 1}}, start=date(2027, 1, 11), end=date(2027, 1, 12), blackout_days=(date(2027, 1, 12),)
    )
    with pytest.raises(DesignError, match="no day on which a pair can start"):
        make_plan(study, make_vacancies(study, 20, 20))


def test_earlier_pairs_of_other_studies_count():
    study = make_study({"124": {"origin": 60}})
    vacancies = make_vacancies(study, 400, 60)
    sent = pd.DataFrame({"employer_id": [f"E{n:04d}" for n in range(40)], "send_first_on": pd.Timestamp("2027-02-01")})
    earlier = {name: [(date(2027, 2, 1), date(2027, 2, 2))] for name in sent["employer_id"]}
    plan = make_plan(study, vacancies, allow_shortfall=True, already_sent=sent)
    assert broken_rules(study, vacancies, plan.pairs, earlier) == []


def test_a_template_alone_is_refused():
    study = make_study({"124": {"origin": 2}}, templates=("one",))
    with pytest.raises(DesignError, match="two different template sets"):
        make_plan(study, make_vacancies(study, 60, 60))


def test_studies_planned_together_share_the_cap_and_keep_their_own_draws():
    one = make_study({"124": ALL}, name="one", seed=1)
    two = make_study({"124": {"origin": 50}, "200": {"age": 30}}, name="two", seed=2, start=date(2027, 2, 3))
    vacancies = pd.concat(
        [make_vacancies(one, 500, 150), make_vacancies(two, 400, 150, 3, prefix="W")], ignore_index=True
    )
    plans = plan_together([one, two], vacancies, allow_shortfall=True, key=KEY)
    assert broken_rules(one, vacancies, plans[0].pairs, loads(plans[1].pairs)) == []
    assert broken_rules(two, vacancies, plans[1].pairs, loads(plans[0].pairs)) == []
    assert not set(plans[0].pairs["vacancy_id"]) & set(plans[1].pairs["vacancy_id"])
    redrawn = make_study({"124": {"origin": 50}, "200": {"age": 30}}, name="two", seed=99, start=date(2027, 2, 3))
    again = plan_together([one, redrawn], vacancies, allow_shortfall=True, key=KEY)
    assert again[0].pairs.equals(plans[0].pairs)
    assert not again[1].pairs.equals(plans[1].pairs)
    with pytest.raises(DesignError, match="different name"):
        plan_together([one, one], vacancies)


PLANS = {
    "seed": st.integers(0, 10**6),
    "count": st.integers(0, 160),
    "employers": st.integers(1, 80),
    "total": st.integers(1, 4),
    "window": st.integers(1, 2),
    "weeks": st.integers(1, 12),
    "lag": st.sampled_from([0, 1, 2, 7]),
    "by": st.sampled_from([(), ("week",), ("occupation",), ("occupation", "province", "week")]),
    "sizes": st.booleans(),
}


def plan_and_hold(seed, count, employers, total, window, weeks, lag, by, sizes):
    steps = (SizeStep(employees=50, total=total + 2, window_pairs=window + 1),) if sizes else ()
    study = make_study(
        {"124": {"origin": 30, "age": 11}, "200": {"disability": 17}},
        seed=seed,
        caps=Caps(total=total, window=Window(pairs=min(window, total), weeks=weeks), by_size=steps),
        lag_days=lag,
        stratify_by=by,
        blackout_days=(date(2027, 4, 5), date(2027, 5, 6)),
        end=date(2027, 4, 30),
    )
    vacancies = make_vacancies(study, count, employers, seed, sizes=sizes)
    plan = make_plan(study, vacancies, allow_shortfall=True)
    assert broken_rules(study, vacancies, plan.pairs) == []
    assert unbalanced(plan.pairs, study) == []
    assert sum(item.wanted - item.planned for item in plan.shortfalls) == 58 - len(plan.pairs)
    assert len(plan.pairs) <= plan.manifest["upper_bound"]


@given(**PLANS)
@settings(max_examples=8)
def test_no_rule_is_ever_broken(**instance):
    plan_and_hold(**instance)


@pytest.mark.slow
@given(**PLANS)
@settings(max_examples=60)
def test_no_rule_is_broken_in_sixty_plans(**instance):
    plan_and_hold(**instance)


@pytest.fixture(scope="module")
def construction(repository):
    return read_study_text(
        (repository / "designs" / "construction.toml").read_text(encoding="utf-8"), "construction.toml"
    )


def test_a_written_plan_reads_back_and_an_altered_one_is_refused(tmp_path):
    study = a_study(pairs=20)
    plan = make_plan(study, make_vacancies(study, 200, 100))
    folder = write_plan(plan, tmp_path / "plan")
    back = read_plan(folder)
    assert back.pairs.equals(plan.pairs)
    assert back.study == study
    assert back.key == plan.key
    assert {name: entry for name, entry in back.manifest.items() if name != "documents"} == plan.manifest
    assert back.shortfalls == plan.shortfalls
    with pytest.raises(DesignError, match="never written over"):
        write_plan(plan, folder)
    for path in (folder / "plan.parquet", folder / "study.toml", identities_of(folder) / "identities.parquet"):
        content = path.read_bytes()
        path.write_bytes(content.replace(b"124", b"125", 1) if path.suffix == ".toml" else content[:-1])
        with pytest.raises(DesignError, match="changed since the plan was frozen"):
            read_plan(folder)
        path.write_bytes(content)
    assert read_plan(folder).pairs.equals(plan.pairs)
    with pytest.raises(DesignError, match="is not a plan"):
        read_plan(tmp_path)


def test_who_the_employers_are_lies_apart_and_the_plan_says_nothing_of_it(tmp_path):
    study = a_study(pairs=20)
    vacancies = make_vacancies(study, 200, 100)
    plan = make_plan(study, vacancies)
    folder = write_plan(plan, tmp_path / "plan")
    identities = identities_of(folder)
    assert identities == tmp_path / "secret" / "plan" / "plan"
    drawn = read_drawn_plan(folder)
    assert set(plan.pairs) - set(drawn.pairs) == {"vacancy_id", "employer_id", "postal_code", "address"}
    assert drawn.pairs["employer"].nunique() == plan.pairs["employer_id"].nunique()
    held = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    held += drawn.pairs.to_csv().encode()
    for column in ("vacancy_id", "employer_id", "address"):
        assert not [value for value in plan.pairs[column] if value.encode() in held]
    # Who guesses an employer, or has all vacancies, confirms it by nothing in the plan's folder.
    digests = [hashlib.sha256(value.encode()).hexdigest() for value in plan.pairs["employer_id"]]
    digests += [table_digest(vacancies), parquet_digest(plan.identities()), parquet_digest(plan.pairs)]
    assert not [digest for digest in digests if digest[:16].encode() in held]
    shutil.rmtree(identities)
    assert read_drawn_plan(folder).pairs.equals(drawn.pairs)
    with pytest.raises(DesignError, match=r"secret/plan/plan/identities.parquet.*Put that folder back"):
        read_plan(folder)


def test_identities_of_a_plan_that_is_gone_are_not_written_over(tmp_path):
    study = a_study()
    plan = make_plan(study, make_vacancies(study, 30, 20))
    shutil.rmtree(write_plan(plan, tmp_path / "plan"))
    with pytest.raises(DesignError, match="remove their folder too"):
        write_plan(plan, tmp_path / "plan")
    assert not (tmp_path / "plan").exists()


def test_another_key_changes_pseudonyms_and_digests_alone():
    study = make_study({"124": {"origin": 40}})
    one, two = (make_plan(study, make_vacancies(study, 200, 80), key=bytes([n]) * 32) for n in (1, 2))
    differing = {name for name in one.pairs if not one.pairs[name].equals(two.pairs[name])}
    assert differing == {"employer"}
    assert {name for name in one.manifest if one.manifest[name] != two.manifest[name]} == {
        *("inputs", "sha256", "identities")
    }
    assert make_plan(study, make_vacancies(study, 200, 80)).key != one.key


def test_the_same_inputs_give_the_same_bytes_in_another_process(tmp_path):
    code = (
        "import sys; from tests.design.instances import *; from corrtest.design import make_plan;"
        "s = make_study({'124': {'origin': 40}});"
        "plan = make_plan(s, make_vacancies(s, 200, 80), key=bytes(32)); print(plan.manifest)"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": n}
        ).stdout
        for n in ("1", "2")
    }
    assert len(runs) == 1
