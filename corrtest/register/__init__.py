"""The fieldwork register: what was claimed, sent, answered and withdrawn, and by whom.

==============  ==================================================================================
register        `Register`: everything a user does goes through it; its parts are
sending         … plan, work list, claims, sendings, reserves
replies         … reactions, withdrawals, second coding, closing
sheets_exchange … Excel sheets, there and back
supervision     … people, approval, stops, blocks, aliases, erasure
oversight       … pairs table, audit trail, verification, status, backup
session         … what these stand on: transactions, roles, refusals
store, schema   the database (SQLite or PostgreSQL) and its tables
ledger          the append-only, hash-chained events
life            which move an application may make from which state
items           applications and load as a transaction reads them
fieldwork       claim, send, react: checks and writes inside one transaction
worklists       what is due, in order; what awaits withdrawal
reserves        vacancies beside the plan, and pairs that replace others
aliases         employers under two numbers
coding          second coding, adjudication, kappa
caps, gate      load caps; approval, stop switch and period
roles           who may do what
keys            pseudonyms and sealed identities
intake          how a plan comes in
planned         … what it must be for that
amendments      … and its later versions
approached      what employers got, as the planner counts it
documents       the audit of its documents, read back
entries, batches  tables of sendings and reactions, taken in whole
sheets          Excel forms: locked columns, drop-downs
verification    the proof that nothing was altered or dropped
backup, erasure, status, migration
pairs           the pseudonymous table that analysis receives
==============  ==================================================================================
"""

from corrtest.register.entries import read_entries
from corrtest.register.ledger import Event
from corrtest.register.refusal import Refusal
from corrtest.register.register import Register
from corrtest.register.roles import ROLES, TOKEN_VARIABLE

__all__ = ["ROLES", "TOKEN_VARIABLE", "Event", "Refusal", "Register", "read_entries"]
