"""Which application a mail answers: what is certain is matched, what is not is left to a person."""

from __future__ import annotations

import pytest

from corrtest.mail import Directory, Match, read_message
from corrtest.register import Candidate, Found
from tests.mail.made import a_bounce, a_mail
from tests.register.conftest import PEOPLE

FIRMS = {"P00001": "jobs@firm1.example", "P00002": "firm2@gmail.com", "P00003": "jobs@firm3.example"}
TITLES = {"P00001": "Metselaar", "P00002": "Polyvalent bouwvakker", "P00003": "Chauffeur"}
NAMES = {"P00001": "Bouwwerken Janssens", "P00002": "Dakwerken Nelissen", "P00003": ""}
LETTERS = {f"<{pair}-{arm}@post.example>": (pair, arm) for pair in FIRMS for arm in ("control", "treated")}


def directory() -> Directory:
    found = []
    for number, ((pair, arm), (name, mailbox, telephone)) in enumerate(PEOPLE.items(), 1):
        if pair in FIRMS:
            found.append(
                Found(
                    number=number, pair_id=pair, arm=arm, position=1 + (arm == "treated"), state="sent",
                    due_on="2027-01-11", sent_at="2027-01-11T09:00:00.000Z", documents=pair, channel="email",
                    candidate=Candidate(name=name, mailbox=mailbox, telephone=telephone), vacancy_id=pair,
                    employer_id="0400000001", employer_name=NAMES[pair], title=TITLES[pair], address=FIRMS[pair],
                )
            )  # fmt: skip
    return Directory(found, LETTERS, None)


def matched(**options: str) -> Match:
    return directory().match(read_message(a_mail(**options).as_bytes()))


def places(match: Match) -> list[tuple[str, str]]:
    return [(each.pair_id, each.arm) for each in match.answered]


JAN, YASSINE, PIETER = ("P00001", "control"), ("P00001", "treated"), ("P00002", "control")


@pytest.mark.parametrize(
    ("options", "place", "why"),
    [
        # A colleague answers from another address, and somebody removed the candidate from the addresses.
        ({"In_Reply_To": "<P00001-treated@post.example>", "to": "us@post.example"}, YASSINE, "reply"),
        ({"References": "<a@b.example> <P00001-control@post.example>"}, JAN, "reply"),
        ({"sender": "jobs@firm1.example"}, JAN, "sender"),
        ({"sender": "jobs@firm1.example", "to": "jan.claes+work@post.example"}, JAN, "mailbox"),
        ({"sender": "firm2@gmail.com", "to": "pieter@post.example"}, PIETER, "sender"),
        ({"sender": "An <an@firm1.example>"}, JAN, "domain"),
        ({"sender": "an@agency.example", "subject": "Uw sollicitatie als metselaar"}, JAN, "title"),
        ({"sender": "an@agency.example", "text": "Onze klant bouwwerken  Janssens."}, JAN, "employer"),
        ({"sender": "Dakwerken Nelissen <x@gmail.com>", "to": "pieter@post.example"}, PIETER, "employer"),
        ({"Delivered_To": "yassine@post.example", "sender": "jobs@firm1.example"}, YASSINE, "sender"),
        ({"to": "us@a.example", "sender": "jobs@firm1.example", "text": "> yassine@post.example"}, YASSINE, "quoted"),
    ],
)  # fmt: skip
def test_what_is_certain_is_matched(options: dict[str, str], place: tuple[str, str], why: str):
    match = matched(**options)
    assert places(match) == [place]
    assert why in match.evidence


@pytest.mark.parametrize(
    ("options", "likely"),
    [
        ({"sender": "win@prizes.example", "text": "Beste Jan Claes, u won!"}, (1,)),
        # An address of a provider that many share says nothing of the firm.
        ({"sender": "somebody@gmail.com", "to": "pieter@post.example"}, (3,)),
        ({"sender": "alerts@jobs.example", "text": "Nieuw: metselaar", "List_Unsubscribe": "<x>"}, (1,)),
        ({"sender": "x@elsewhere.example", "to": "us@post.example"}, ()),
        # It answers one candidate's letter at the address of another's.
        ({"In_Reply_To": "<P00003-control@post.example>"}, (5, 1)),
        # Two pairs at once: whose answer it is cannot be told.
        ({"to": "jan.claes@post.example, pieter@post.example", "text": "metselaar, polyvalent bouwvakker"}, (1, 3)),
    ],
)
def test_what_is_not_is_left_to_a_person(options: dict[str, str], likely: tuple[int, ...]):
    match = matched(**options)
    assert match.answered == ()
    assert match.likely == likely


def test_an_answer_to_both_answers_both():
    match = matched(to="yassine@post.example, jan.claes@post.example", sender="jobs@firm1.example")
    assert places(match) == [JAN, YASSINE]


def test_a_reply_within_one_pair_is_of_whom_it_went_to():
    both = "<P00001-control@post.example> <P00001-treated@post.example>"
    assert places(matched(References=both)) == [JAN]


def test_a_bounce_is_of_the_letter_that_came_back():
    match = directory().match(read_message(a_bounce("<P00001-treated@post.example>", "box@post.example")))
    assert places(match) == [YASSINE]


def test_a_copy_of_our_own_letter_is_known_and_its_bounce_is_none():
    known = directory()
    own = a_mail("jobs@firm1.example", sender="jan.claes@post.example")
    assert not known.is_own(read_message(own.as_bytes()))
    own.replace_header("Message-ID", "<P00001-control@post.example>")
    assert known.is_own(read_message(own.as_bytes()))
    own.replace_header("From", "jobs@firm1.example")
    assert not known.is_own(read_message(own.as_bytes()))
    assert not known.is_own(read_message(a_bounce("<P00001-control@post.example>")))
