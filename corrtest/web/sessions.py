"""Who is signed in: kept in memory, so that a restart of the page signs everybody out.

A token is 32 random bytes, which nobody guesses; what is limited is how often somebody may try.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from corrtest.register import Role

COOKIE = "corrtest"
# A working day; and how long a page may lie untouched.
LASTS, IDLE = 12 * 3600.0, 2 * 3600.0
# Wrong tokens in a row before a name or an address must wait, and how long: twice as long at each further one.
FREE_TRIES, WAIT, LONGEST_WAIT = 5, 30.0, 900.0
_KEPT_ACTS = 500


@dataclass(slots=True, kw_only=True)
class Done:
    """What was just done: said on the next page, and for a minute to be undone there."""

    text: str
    event: int | None = None
    application: int | None = None
    until: float = 0.0


@dataclass(slots=True, kw_only=True)
class Session:
    """One browser in which somebody is signed in.

    `acts` holds the answers to acts by the key that their form carried: who sends one again, because the connection
    broke before the answer came, gets the same answer and no second act.
    """

    person: str
    role: Role
    token: str | None
    form_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    began: float = 0.0
    seen: float = 0.0
    done: Done | None = None
    acts: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def remember(self, act: str, answer: str) -> None:
        """Keep the answer to an act; the oldest are forgotten."""
        self.acts[act] = answer
        while len(self.acts) > _KEPT_ACTS:
            del self.acts[next(iter(self.acts))]


class Sessions:
    """All browsers in which somebody is signed in."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self._open: dict[str, Session] = {}
        self._wrong: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def begin(self, person: str, role: Role, token: str | None) -> tuple[str, Session]:
        """Return a new session and the secret that its browser shows: another one at each sign-in."""
        now = self.clock()
        made = Session(person=person, role=role, token=token, began=now, seen=now)
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._open = {key: each for key, each in self._open.items() if self._lives(each, now)}
            self._open[secret] = made
        return secret, made

    def find(self, secret: str | None) -> Session | None:
        """Return the session of a browser; None where there is none, or it ran out."""
        now = self.clock()
        with self._lock:
            found = self._open.get(secret or "")
            if found is None or not self._lives(found, now):
                self._open.pop(secret or "", None)
                return None
            found.seen = now
            return found

    def end(self, secret: str | None) -> None:
        """Sign a browser out."""
        with self._lock:
            self._open.pop(secret or "", None)

    def waits(self, *names: str) -> float:
        """Return for how many seconds nobody may try to sign in under these names or from these addresses."""
        now = self.clock()
        with self._lock:
            return max((self._wrong[name][1] - now for name in names if name in self._wrong), default=0.0)

    def failed(self, *names: str) -> None:
        """Count a wrong token against a name and an address."""
        now = self.clock()
        with self._lock:
            for name in names:
                tries = self._wrong.get(name, (0, 0.0))[0] + 1
                wait = min(WAIT * 2 ** (tries - FREE_TRIES), LONGEST_WAIT) if tries >= FREE_TRIES else 0.0
                self._wrong[name] = (tries, now + wait)

    def passed(self, *names: str) -> None:
        """Forget the wrong tokens of a name and an address."""
        with self._lock:
            for name in names:
                self._wrong.pop(name, None)

    @staticmethod
    def _lives(session: Session, now: float) -> bool:
        return now - session.began < LASTS and now - session.seen < IDLE
