from __future__ import annotations

import math

import pytest

from corrtest.analysis import analyse_shares, read_answers
from corrtest.design import plan_calls, write_plan
from corrtest.disclosure import policy_for, release
from corrtest.generator import client_script, render_client_calls
from corrtest.lab import simulate_answers, simulate_fieldwork, simulate_firms, simulated_key, simulated_study
from corrtest.pages import html_page
from corrtest.register import Register
from corrtest.report import build_document
from corrtest.spec import StudyFolder, read_firms, read_study_text


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    """755 firms, 300 calls, from the plan to the results."""
    folder = StudyFolder(tmp_path_factory.mktemp("calls"))
    study = simulated_study("service_vouchers")
    earlier = (
        '\n[[client_calls.earlier]]\nname = "Campaign of 2025"\nsource = "made up"\ncalls = 400\nwent_along = 130\n'
        "firms_called = 380\nfirms_in_sector = 760\nannounced = true\n"
    )
    study = read_study_text(study.source + earlier, "study.toml")
    folder.study.write_text(study.source, encoding="utf-8")
    folder.frame.mkdir()
    simulate_firms(study).to_csv(folder.frame / "firms.csv", index=False)
    plan = plan_calls(study, read_firms(folder.frame, study), key=simulated_key(study, "plan"))
    write_plan(plan, folder.next_plan)
    render_client_calls(plan, folder.documents, ("html",))
    answers = simulate_answers(plan)
    simulate_fieldwork(plan, answers, folder)
    results = analyse_shares(
        read_answers(folder.pairs), population=plan.manifest["frame"], study=study.description(), plan=plan.manifest
    )
    return folder, plan, answers, results


def test_the_compliance_interval_is_that_of_an_independent_computation(campaign):
    _, plan, answers, results = campaign
    group = next(g for g in results.select(joint_committee=None, level=None) if g.outcome == "strict")
    reached = len(answers)
    refuse = int(answers["reaction"].isin(["refuses", "refers"]).sum())
    assert (group.counts.rows, group.counts.other) == (reached, refuse)
    found = group.estimate("share_of_others")
    # Limits are where |p̂ − p| − 0.2/n equals z·√(p(1 − p)/n·(1 − f)): bisected, not solved.
    n, f, z = reached, reached / plan.manifest["frame"]["all"], 1.959963984540054
    share = refuse / n

    def away(p: float) -> float:
        return abs(share - p) - 0.2 * (1 - f) / n - z * math.sqrt(p * (1 - p) / n * (1 - f))

    for limit, outside in ((found.lower, 0.0), (found.upper, 1.0)):
        low, high = sorted((share, outside))
        for _ in range(80):
            middle = (low + high) / 2
            inside = away(middle) < 0
            low, high = (middle, high) if inside == (outside > share) else (low, middle)
        assert limit == pytest.approx(low, abs=1e-9)


def test_the_export_names_no_firm_and_the_register_takes_no_word_of_another_instrument(campaign):
    folder, plan, _, _ = campaign
    text = folder.pairs.read_text(encoding="utf-8")
    assert not [number for number in plan.pairs["employer_id"] if number in text]
    with Register.open(folder.register) as register:
        table = register.oversight.export_pairs(as_of="2027-12-31")
        assert set(table["answer"]) <= {"refuses", "refers", "hints", "agrees", "not_reached"}
        status = register.oversight.status()
        assert "invitation" not in set(status.reactions["reaction"])
        with pytest.raises(Exception, match="no answer here"):
            register.replies.record(plan.pairs["pair_id"].iloc[0], "treated", "invitation", "2027-07-09T10:00:00Z")


def test_a_script_is_the_neutral_one_with_its_wish(campaign):
    folder, plan, _, _ = campaign
    for language in ("nl", "fr", "en"):
        script = client_script(plan.study, "no_foreign_origin", language)
        neutral = client_script(plan.study, None, language)
        assert len(script) == len(neutral) + 1
        assert [line for line in script if line in neutral] == list(neutral)
        assert "{" not in " ".join(script)
    audit = (folder.documents / "audit.csv").read_text(encoding="utf-8")
    assert audit.count("True") == 300
    assert "False" not in audit


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("nl", "gaat niet op de wens in"),
        ("fr", "accepte pas le souhait"),
        ("en", "does not go along"),
        ("de", "Wunsch"),
    ],
)
def test_the_report_says_share_standard_and_earlier_campaign(campaign, language, told):
    _, _, _, results = campaign
    document = build_document(release(results, policy_for(results)), language)
    assert [chapter.name for chapter in document.chapters] == [
        "summary",
        "method",
        "results",
        "earlier",
        "limits",
        "reproducibility",
    ]
    page = html_page(document)
    assert told in page
    assert "755" in page
    assert "Campaign of 2025" in page
    assert "p &lt; 0" in page or "p = 0" in page


def test_public_counts_give_the_interval_of_their_finite_population():
    from corrtest.report.shares.earlier import limits_of

    campaign = {"calls": 380, "went_along": 120, "firms_called": 380, "firms_in_sector": 760}
    share, lower, upper = limits_of(campaign)
    whole = limits_of({"calls": 380, "went_along": 120})
    assert share == whole[0] == 260 / 380
    assert (upper - lower) / (whole[2] - whole[1]) == pytest.approx(math.sqrt(0.5), rel=0.02)


def test_two_waves_of_shares_are_compared_with_the_change_and_its_interval(campaign):
    from dataclasses import replace

    from corrtest.report import build_comparison

    _, _, _, results = campaign
    first = release(results, policy_for(results))
    later = replace(results, study={**results.study, "wave": "follow_up", "name": "SIMULATED later"})
    document = build_comparison([first, release(later, policy_for(later))], "nl")
    page = html_page(document)
    assert "Of het aandeel veranderde, is niet te zeggen: 0 (" in page


def test_the_change_of_two_shares_is_that_of_the_published_example():
    from corrtest.analysis import Estimate
    from corrtest.report.shares.comparing import change_of

    # Newcombe (1998, Statistics in Medicine 17:873), example (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339.
    def share(x: int, n: int) -> Estimate:
        z = 1.959963984540054
        middle, half = (2 * x + z**2) / (2 * (n + z**2)), z * math.sqrt(z**2 + 4 * x * (1 - x / n)) / (2 * (n + z**2))
        return Estimate.of("share", "wilson", (x / n, middle - half, middle + half), 0.95, None)

    change = change_of(share(48, 80), share(56, 70))
    assert change == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
