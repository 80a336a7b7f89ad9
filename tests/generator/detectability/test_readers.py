from __future__ import annotations

from corrtest.generator.detectability.readers import FEW, HALF, readers
from corrtest.generator.detectability.shared_runs import shared_runs
from tests.generator.detectability.documents import made_up

GROUPS = {"employer": 1, "group": 3, "recruiter": 10}


def own_text(number: int) -> str:
    """Ten words that no other number has."""
    return " ".join(f"woord{chr(97 + number // 26)}{chr(97 + number % 26)}{chr(97 + at)}" for at in range(10))


def test_documents_that_share_nothing_are_never_linked() -> None:
    documents = [made_up(number, own_text(number)) for number in range(60)]
    for reader in readers(documents, shared_runs([each.text for each in documents], 1), 4, GROUPS, 3):
        assert set(reader.chance.values()) == {0.0}
        assert reader.after == {FEW: None, HALF: None}
        assert reader.documents == 2 * reader.employers
        assert reader.most == (2 if reader.employers == 1 else 60)


def test_one_text_for_all_is_linked_at_the_second_document() -> None:
    documents = [made_up(number, own_text(1)) for number in range(60)]
    for reader in readers(documents, shared_runs([each.text for each in documents], 1), 4, GROUPS, 3):
        assert reader.chance["any"] == reader.chance["text"] == 1.0
        assert reader.after == {FEW: 2, HALF: 2}


def test_chances_are_those_of_drawing_two_employers_that_share_a_text() -> None:
    # Of 20 employers two share a text: a group of three holds both with a chance of (3 2) / (20 2), a recruiter for
    # ten with (10 2) / (20 2).
    documents = [made_up(number, own_text(0 if number in (0, 2) else number + 1)) for number in range(40)]
    runs = shared_runs([each.text for each in documents], 1)
    employer, group, recruiter = readers(documents, runs, 4, GROUPS, 3)
    assert employer.chance["any"] == 0.0
    assert abs(group.chance["any"] - 3 / 190) < 0.015
    assert abs(recruiter.chance["any"] - 45 / 190) < 0.05
    # Half of all orders hold the second of the two before place k of 20 once (k 2) / (20 2) reaches one half: 15.
    after = recruiter.after[HALF]
    assert after is not None
    assert 26 <= after <= 32


def test_contact_data_link_and_schools_do_not() -> None:
    shared = {"school": frozenset({"VTI Brugge"})}
    numbers = {"telephone_block": frozenset({"0470123"})}
    documents = [made_up(number, own_text(number), marks=shared) for number in range(20)]
    runs = shared_runs([each.text for each in documents], 1)
    (employer,) = readers(documents, runs, 4, {"employer": 1}, 3)
    assert (employer.chance["school"], employer.chance["any"]) == (1.0, 0.0)
    (employer,) = readers(documents, runs, 4, {"employer": 1}, 3, ("text", "school"))
    assert employer.chance["any"] == 1.0
    documents = [made_up(number, own_text(number), marks=numbers) for number in range(20)]
    (employer,) = readers(documents, runs, 4, {"employer": 1}, 3)
    assert (employer.chance["contact data"], employer.chance["any"]) == (1.0, 1.0)


def test_what_is_not_sent_is_not_read() -> None:
    documents = [made_up(number, own_text(1), sent=number % 2 == 0) for number in range(20)]
    (employer,) = readers(documents, shared_runs([each.text for each in documents], 1), 4, {"employer": 1}, 3)
    assert (employer.documents, employer.chance["any"]) == (1.0, 0.0)
