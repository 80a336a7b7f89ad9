"""What an answer may be is suggested by its words; who was written to does not count."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from corrtest.errors import CorrtestError, MissingExtraError
from corrtest.mail.suggesting import (
    CLASSES,
    Checked,
    Model,
    confusion,
    discovery,
    made_texts,
    plain_words,
    read_model,
    ruled,
    suggest,
    train,
)
from corrtest.register import Candidate, masked

SEED = 7
JAN = Candidate(name="Jan Peeters", mailbox="jan.peeters@post.example", telephone="+32 470 11 22 33")
YASSINE = Candidate(name="Yassine El Amrani", mailbox="yassine@post.example", telephone="+32 471 44 55 66")


@pytest.fixture(scope="module")
def model() -> Model:
    return train(SEED)


@pytest.mark.parametrize(
    ("text", "reaction", "evidence"),
    [
        ("Beste, wij nodigen u graag uit voor een gesprek.", "invitation", "nodigen u graag uit"),
        ("Nous souhaitons vous rencontrer bientôt.", "invitation", "vous rencontrer"),
        ("We would like to meet you on Friday.", "invitation", "like to meet you"),
        ("Uw profiel spreekt ons erg aan.", "other_positive", "profiel spreekt ons erg aan"),
        ("J'ai essayé de vous joindre.", "other_positive", "essayé de vous joindre"),
        ("I tried to call you this morning.", "other_positive", "tried to call you"),
        ("Kan u een kopie van uw diploma bezorgen?", "request", "kopie van uw diploma bezorgen"),
        ("Merci de compléter le formulaire.", "request", "compléter le formulaire"),
        ("Do you have a driving licence?", "request", "Do you have a driving licence"),
        ("Helaas werd u niet weerhouden. Wij nodigen u dus niet uit.", "negative", "Helaas werd u niet"),
        ("Votre candidature n'a pas été retenue.", "negative", "pas été retenue"),
        ("The position has now been filled.", "negative", "position has now been filled"),
        ("Ik ben tot maandag met verlof.", "automatic", "ben tot maandag met verlof"),
        ("Nous avons bien reçu votre lettre.", "automatic", "bien reçu"),
        ("Thank you for your application.", "automatic", "Thank you for your application"),
        ("Your mail could not be delivered.", "bounced", "could not be delivered"),
    ],
)
def test_words_tell_what_an_answer_is(text, reaction, evidence):
    found = ruled("", text)
    assert found is not None
    assert found.reaction == reaction
    assert evidence in found.evidence


@pytest.mark.parametrize(
    "text",
    [
        "Goed ontvangen. Indien uw profiel niet weerhouden wordt, hoort u niets.",
        "Bien reçu. Si votre profil correspond, nous vous inviterons.",
        "Your letter has been received. If your profile fits we will invite you for an interview.",
    ],
)
def test_what_may_happen_has_not_happened(text):
    found = ruled("", text)
    assert found is not None
    assert found.reaction == "automatic"


def test_the_candidates_own_words_do_not_count():
    quoted = "Op ma 3 mrt 2026 om 09:12 schreef Jan <jan@post.example>:\n> Ik kom graag langs.\nNodigt u mij uit?"
    assert ruled("", f"Helaas werd u niet weerhouden.\n\n{quoted}").reaction == "negative"
    assert ruled("", f"Tot later.\n\n{quoted.replace('Nodigt u mij', 'Wij nodigen u')}") is None


def test_structure_counts_where_words_do_not_say_more():
    assert ruled("", "Tot later", {"automatic"}).reaction == "automatic"
    assert ruled("", "Helaas werd u niet weerhouden.", {"automatic"}).reaction == "negative"
    assert ruled("", "Helaas werd u niet weerhouden.", {"bounce"}).reaction == "bounced"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Wij denken dat dit een praktijktest is.", "praktijktest"),
        ("Ceci est une fausse candidature.", "fausse candidature"),
        ("We know that this candidate does not exist.", "candidate does not exist"),
        ("Het e-mailadres bestaat niet.", ""),
        ("Wij nodigen u uit voor een test en een gesprek.", ""),
        ("Cette fonction n'existe plus.", ""),
    ],
)
def test_an_employer_who_found_out_is_seen(text, seen):
    assert discovery("", text) == ((seen,) if seen else ())


def test_nobody_can_be_told_by_what_the_model_reads(model):
    wrote = "Dag {name},\nuw profiel bevalt ons. Wij schreven naar {box} en belden {number}. Tot snel?"
    texts = [
        masked(wrote.format(name=person.name, box=person.mailbox, number=person.telephone), [person])
        for person in (JAN, YASSINE)
    ]
    words = [plain_words("", text) for text in texts]
    assert words[0] == words[1]
    assert suggest(model, "", texts[0]) == suggest(model, "", texts[1])
    assert not any(part in words[0] for part in ("jan", "peeters", "post.example", "470", "yassine"))


def test_a_model_says_where_it_is_sure_and_why(model):
    found = suggest(model, "", "Wij zouden elkaar eens willen zien, drink een koffie bij ons in de zaak maandag")
    assert found is not None
    assert (found.source, found.reaction) == ("model", "invitation")
    assert 0.5 <= found.probability <= 1
    assert found.evidence
    assert suggest(model, "", "zzz qqq") is None


def test_made_texts_are_many_and_differ():
    texts = made_texts(SEED)
    counts = Counter((language, reaction) for language, reaction, _ in texts)
    assert set(counts) == {(language, reaction) for language in ("nl", "fr", "en") for reaction in CLASSES}
    assert min(counts.values()) >= 40
    assert len({text for _, _, text in texts}) > 0.99 * len(texts)
    assert texts == made_texts(SEED) != made_texts(SEED + 1)


@pytest.mark.slow
def test_a_model_is_the_same_each_time_and_when_read_back(model, tmp_path):
    again = train(SEED)
    np.testing.assert_array_equal(again.weights, model.weights)
    model.write(tmp_path / "model.npz")
    back = read_model(tmp_path / "model.npz")
    words = ["graag spreken we af", "we regret to tell you"]
    assert back.tell(words) == model.tell(words)
    assert (tmp_path / "model.npz").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_studys_own_answers_are_learnt(model):
    words = plain_words("", "Komaan, schuif maar aan bij den baas")
    own = train(SEED, [(words, "invitation")] * 8)
    assert own.own == 8
    assert own.tell([words])[0].reaction == "invitation"
    assert own.tell([words])[0].probability > model.tell([words])[0].probability


@pytest.mark.parametrize("kept", ["text", "pickled", "foreign"])
def test_what_is_no_model_is_refused(kept, tmp_path):
    path = tmp_path / "mail_suggestions.npz"
    if kept == "text":
        path.write_text("no numbers")
    elif kept == "pickled":
        np.savez(path, classes=np.array([{"a": 1}], dtype=object))
    else:
        np.savez(path, weights=np.zeros((2, 2)))
    with pytest.raises(CorrtestError, match="corrtest mail train"):
        read_model(path)


def test_the_missing_part_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'corrtest\[mail\]'"):
        train(SEED)


def checked(pair: int, arm: str, wrong: bool) -> Checked:
    return Checked(pair_id=f"P{pair}", arm=arm, confirmed="request", suggested="negative" if wrong else "request")


@pytest.mark.parametrize(("control_only", "treated_only"), [(1, 7), (4, 4), (0, 6), (9, 30)])
def test_the_test_is_mcnemars_where_each_pair_has_two_answers(control_only, treated_only):
    rows = [
        checked(pair, arm, wrong=arm == ("control" if pair < control_only else "treated"))
        for pair in range(control_only + treated_only)
        for arm in ("control", "treated")
    ]
    rows += [checked(100 + pair, arm, wrong=pair % 2 == 0) for pair in range(20) for arm in ("control", "treated")]
    expected = binomtest(control_only, control_only + treated_only).pvalue
    assert confusion(rows, ["invitation"], SEED).p_value == pytest.approx(expected, abs=0.002)


def test_confusion_counts_what_was_wrong_and_what_was_silent():
    rows = [
        Checked(pair_id="P1", arm="control", confirmed="invitation", suggested="invitation"),
        Checked(pair_id="P1", arm="treated", confirmed="invitation", suggested="negative"),
        Checked(pair_id="P2", arm="treated", confirmed="negative", suggested=""),
    ]
    found = confusion(rows, ["invitation"], SEED)
    arms = found.arms.set_index("arm")
    assert arms.loc["treated", ["mails", "wrong", "silent"]].tolist() == [2, 1, 1]
    assert arms.loc["control", "wrong_share"] == 0
    assert arms["positive_person"].tolist() == [1.0, 0.5]
    assert arms["positive_machine"].tolist() == [1.0, 0.0]
    assert found.cells["mails"].sum() == 3
    assert confusion([], ["invitation"], SEED).p_value == 1.0


@pytest.mark.slow
def test_the_published_figures_are_those_of_the_labelled_mails(repository):
    folder = repository / "analysis" / "mail"
    spec = importlib.util.spec_from_file_location("measured_suggestions", folder / "run.py")
    assert spec is not None and spec.loader is not None
    run = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = run
    spec.loader.exec_module(run)
    table = run.suggested()
    classes = table[table["reaction"] != "discovery"]
    assert len(classes) >= 600
    found = run.scores(classes, ["arm", "language"])
    kept = pd.read_csv(Path(folder) / "results" / "by_arm_and_language.csv")
    pd.testing.assert_frame_equal(found, kept, check_dtype=False, atol=0.03)
