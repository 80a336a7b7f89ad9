"""Which candidate an employer wrote to cannot be read from masked words; the rest stays as it was written."""

from __future__ import annotations

import pytest

from corrtest.register.finding.candidates import Candidate
from corrtest.register.finding.masking import masked

PAIR = (
    Candidate(name="Yassine El Amrani", mailbox="yassine@post.example", telephone="0470 22 22 22"),
    Candidate(name="Jan De Smet", mailbox="jan.desmet@post.example", telephone="0470 11 11 11"),
)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Beste Yassine, u bent welkom op de werf.", "Beste […], u bent welkom op de werf."),
        ("Dag meneer EL-AMRANI, de job is weg", "Dag meneer […], de job is weg"),
        ("Geachte heer De  Smet, morgen om 9 uur", "Geachte heer […], morgen om 9 uur"),
        ("Dag Yassîne El Amrani", "Dag […]"),
        ("aan yassine.elamrani@mail.example of info@firma.be", "aan […] of info@firma.be"),
        ("bel +32 470 22.22.22 of 03 123 45 67", "bel […] of 03 123 45 67"),
        ("Komt u langs? Groeten, An de Backer", "Komt u langs? Groeten, An de Backer"),
    ],
)
def test_names_mailboxes_and_telephones_go_however_they_are_written(text: str, seen: str) -> None:
    assert masked(text, PAIR) == seen


def test_without_candidates_nothing_changes() -> None:
    assert masked("Beste Yassine", ()) == "Beste Yassine"
