"""Who may do what. A person has one role in a register; each refusal is an event."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corrtest.language import say
from corrtest.register.refusal import Refusal

Role = Literal["coordinator", "partner", "coder", "analyst", "auditor"]

ROLES: tuple[Role, ...] = ("coordinator", "partner", "coder", "analyst", "auditor")

# coordinator: everything; partner: the items of their own firm;
# coder: texts of replies, no employer; analyst: no identity, no text; auditor: reads everything, changes nothing.
PERMITTED: Mapping[str, frozenset[Role]] = {
    action: frozenset(role for role in ROLES if role in roles)
    for action, roles in {
        "prepare": ("coordinator",),
        "analyse": ("coordinator", "analyst"),
        "add_actor": ("coordinator",),
        "change_actor": ("coordinator",),
        "give_token": ("coordinator",),
        "add_study": ("coordinator",),
        "approve": ("coordinator",),
        "record_audit": ("coordinator",),
        "import_plan": ("coordinator",),
        "import_vacancies": ("coordinator",),
        "approached": ("coordinator",),
        "stop": ("coordinator",),
        "block": ("coordinator", "partner"),
        "unblock": ("coordinator",),
        "record_incident": ("coordinator", "partner"),
        "take_back_incident": ("coordinator",),
        "decide_alias": ("coordinator",),
        "erase": ("coordinator",),
        "close": ("coordinator",),
        "worklist": ("coordinator", "partner", "auditor"),
        "claim": ("coordinator", "partner"),
        "send": ("coordinator", "partner"),
        "record_reaction": ("coordinator", "partner"),
        "withdraw": ("coordinator", "partner"),
        "correct": ("coordinator", "partner"),
        "code": ("coordinator", "coder"),
        "read_coding": ("coordinator", "coder", "auditor"),
        "adjudicate": ("coordinator",),
        "read_codes": ("coordinator", "auditor"),
        "read_aliases": ("coordinator", "auditor"),
        "status": ("coordinator", "analyst", "auditor"),
        "progress": ("coordinator", "partner", "analyst", "auditor"),
        "audit": ("coordinator", "auditor"),
        "verify": ROLES,
        "backup": ("coordinator",),
        "export": ("coordinator", "analyst", "auditor"),
    }.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who works with the register; `partner` is the firm for which they work.

    `token_sha256` is the hash of the secret that they must show; None where their name is taken on trust. `left_at` is
    when they left; None while they are there.
    """

    name: str
    role: Role
    partner: str | None = None
    token_sha256: str | None = None
    left_at: str | None = None


# Where a person's program finds their token.
TOKEN_VARIABLE = "CORRTEST_TOKEN"  # noqa: S105 (the name of the variable, not a token)


def token_sha256(token: str) -> str:
    """Return the hash of a token. Tokens are 32 random bytes: nothing that a slow hash would have to protect."""
    return hashlib.sha256(token.encode()).hexdigest()


def permit(actor: Actor, action: str) -> None:
    """Let the actor pass, or refuse."""
    if actor.role not in PERMITTED[action]:
        allowed = " or ".join(role for role in ROLES if role in PERMITTED[action])
        raise Refusal(
            "role",
            say(
                "{actor} has the role {role} and may not do this ({action}). Ask a {allowed} to do it.",
                actor=actor.name,
                role=actor.role,
                action=action,
                allowed=allowed,
            ),
        )
