"""What status and check say of what has left a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.language import say_n

if TYPE_CHECKING:
    from corrtest.disclosure import Account


def account_in(release_log: Path) -> Account | None:
    """Return what has left by a release log, which is only read; None where nothing has."""
    from corrtest.disclosure import Account, ReleaseLog

    log = ReleaseLog.reading(release_log)
    releases = () if log is None else log.earlier()
    return Account.of(releases) if releases else None


def in_words(account: Account) -> str:
    """Return an account in words: how often something left, and what that leaves for a further report."""
    parts = [say_n("Released so far: {count} time.", "Released so far: {count} times.", account.releases)]
    if account.exact:
        parts.append(
            say_n(
                "{count} pair has left in exact counts: a further grouping is checked together with them.",
                "{count} pairs have left in exact counts: a further grouping is checked together with them.",
                account.exact,
            )
        )
    if account.spent:
        parts.append(
            say_n(
                "{count} pair has left with noise, and nothing of its protection is left: a further grouping is "
                "refused.",
                "{count} pairs have left with noise, and nothing of their protection is left: a further grouping is "
                "refused.",
                account.spent,
            )
        )
    return " ".join(parts)
