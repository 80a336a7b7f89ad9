"""How late something was: a withdrawal after the reaction it answers, a second letter after the first."""

from __future__ import annotations

from datetime import datetime

from corrtest.register.clock import day


def late_by(positive_at: str | None, withdrawn_at: str, allowed: int) -> float | None:
    """Return the hours between reaction and withdrawal where they are more than allowed; None where they are not."""
    if positive_at is None:
        return None
    hours = (datetime.fromisoformat(withdrawn_at) - datetime.fromisoformat(positive_at)).total_seconds() / 3600
    return hours if hours > allowed else None


def days_beyond(first_due: str, second_due: str, first_sent: str, second_sent: str) -> int:
    """Return the days between two letters that went out, less those that were planned: Belgian days."""
    return (day(second_sent) - day(first_sent)).days - (day(second_due) - day(first_due)).days
