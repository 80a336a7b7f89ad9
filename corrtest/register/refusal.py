"""Why the register says no: one exception, with a reason that a program can read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from corrtest.errors import Fault, RegisterError

Reason = Literal[
    "role",
    "token",
    "not_approved",
    "stopped",
    "outside_period",
    "illegal_move",
    "claimed_by_another",
    "not_due",
    "blocked",
    "alias_undecided",
    "cap_total",
    "cap_window",
    "time_order",
    "plan",
    "double_coding",
    "conflict",
    "recorded",
    "left",
    "future",
    "unconfirmed",
    "attempts",
    "simulated",
]


class Refusal(RegisterError):
    """The register understood what was asked and does not allow it; `reason` says by which rule.

    Every refusal is itself an event in the register.
    """

    def __init__(self, reason: Reason, message: str, faults: Iterable[Fault] = ()) -> None:
        self.reason: Reason = reason
        super().__init__(message, faults)
