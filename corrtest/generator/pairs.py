"""One row of the plan as the generator needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corrtest.spec import ARMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What the generator needs to know of one row of the plan.

    `written` are the arms whose application is written: both, or in an unpaired study the arm that was drawn. Two pairs
    with one `block` are made alike but for their arms: what one's control has, the `mirrored` one's treated has. With
    `answers`, the questions of an application form are answered as well; where `called`, the application is a telephone
    call, and a call sheet takes the place of letter and e-mail.
    """

    pair_id: str
    criterion: str
    level: str
    occupation: str
    postal_code: str
    employer_id: str
    first_arm: str
    control_template: str
    treated_template: str
    send_first_on: date
    send_second_on: date
    twin_of_control: int
    gender: str
    block: str = ""
    mirrored: bool = False
    written: tuple[str, ...] = ARMS
    answers: bool = False
    called: bool = False

    def template(self, arm: str) -> str:
        """Return the template set of an arm."""
        return self.control_template if arm == "control" else self.treated_template

    def sent_on(self, arm: str) -> date:
        """Return the day on which the arm's application goes out."""
        return self.send_first_on if arm == self.first_arm else self.send_second_on

    def twin(self, arm: str) -> int:
        """Return which twin wording the arm has: 0 (a) or 1 (b)."""
        return self.twin_of_control if arm == "control" else 1 - self.twin_of_control
