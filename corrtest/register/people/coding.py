"""The second coding, as its users meet it: what awaits a code, codes given, disagreements settled."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from corrtest.register.people import second_codes
from corrtest.register.people.agreement import Agreement
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets import entries
from corrtest.spec import EVERY_REACTION


@dataclass(frozen=True, slots=True)
class Coding:
    """A second person codes without seeing the first code or the arm; a third decides."""

    session: Session

    def waiting(self, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return what awaits a second coding: its number and the employer's words, masked; no pair, arm or first code.

        What came without words is left out, and counted in `attrs["without_words"]`.
        """
        with self.session.reading("read_coding", actor) as (connection, person):
            return second_codes.waiting(
                connection, self.session.study_ref, self.session.study, self.session.keys, person
            )

    def code(self, item: int, reaction: str, *, actor: str) -> None:
        """Put on record the second code of an item of `waiting`; the first coder may not."""
        entries.check_word(reaction, EVERY_REACTION, "reaction")
        with self.session.writing("code", actor) as work:
            second_codes.code(work, int(item), reaction)

    def disagreements(self, *, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return the items on which the two codes differ and nobody has decided, with the words, masked."""
        with self.session.reading("read_codes", actor) as (connection, _):
            return second_codes.disagreements(connection, self.session.study_ref, self.session.study, self.session.keys)

    def adjudicate(self, item: int, reaction: str, *, actor: str = COORDINATOR) -> None:
        """Decide between two codes; who gave the second may not."""
        entries.check_word(reaction, EVERY_REACTION, "reaction")
        with self.session.writing("adjudicate", actor) as work:
            second_codes.adjudicate(work, int(item), reaction)

    def agreement(self, *, confidence_level: float = 0.95, actor: str = COORDINATOR) -> Agreement:
        """Return Cohen's kappa of the two codings, with its interval."""
        with self.session.reading("status", actor) as (connection, _):
            return second_codes.agreement(connection, self.session.study_ref, confidence_level)
