"""The fieldwork register: what was claimed, sent, answered and withdrawn, and by whom.

==============  ==================================================================================
register        `Register`: everything a user does goes through it
store, schema   the database (SQLite or PostgreSQL) and its tables
ledger          the append-only, hash-chained events
life            which move an application may make from which state
fieldwork       claim, send, react: checks and writes inside one transaction
caps, gate      load caps; approval, stop switch and period
roles           who may do what
keys            pseudonyms and sealed identities
intake          how a plan comes in
documents       the audit of its documents, read back
entries         tables of sendings and reactions
pairs           the pseudonymous table that analysis receives
==============  ==================================================================================
"""

from corrtest.register.ledger import Event
from corrtest.register.refusal import Refusal
from corrtest.register.register import Register
from corrtest.register.roles import ROLES

__all__ = ["ROLES", "Event", "Refusal", "Register"]
