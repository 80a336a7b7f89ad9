"""The fieldwork register: what was claimed, sent, answered and withdrawn, and by whom.

register    `Register`: everything a user does goes through it
session     what its parts stand on: transactions, roles, refusals
finding/    an application by its candidate, its employer or its vacancy
fieldwork/  work list, claims, sendings, replies; the rules for each: gate, period, order, caps
intake/     the plan and its later versions, reserves, the audit of the documents
employers/  one firm under two numbers, what each has had, the end of identities
post/       letters handed to a mail server, mail that came in
people/     roles and tokens, approval and stops, the second coding
sheets/     tables and Excel forms, there and back
oversight/  the pseudonymous pairs table, progress, audit trail
events/     the chain: what an event says (life), how it is written (ledger), the proof (verify)
store/      the database (SQLite or PostgreSQL): tables, revisions, keys, backups
safekeeping/ the whole study folder as one encrypted file, and back
"""

from corrtest.register.clock import local_time, now, shown_day
from corrtest.register.employers.aliases import mail_domain
from corrtest.register.employers.incidents import INCIDENTS, Incident, Noted
from corrtest.register.events.acts import STATES, possible
from corrtest.register.events.ledger import Event
from corrtest.register.fieldwork.gate import Hurdle
from corrtest.register.finding.candidates import Candidate
from corrtest.register.finding.finder import Found
from corrtest.register.finding.likeness import folded
from corrtest.register.finding.masking import masked
from corrtest.register.oversight.progress import WeeklyProgress
from corrtest.register.oversight.progress_page import pace_sentence, progress_page, progress_words
from corrtest.register.oversight.status import Status
from corrtest.register.people.roles import ROLES, TOKEN_VARIABLE, Actor, Role, permit
from corrtest.register.post.incoming import Incoming, Mark
from corrtest.register.post.letters import Letter, LetterKind
from corrtest.register.refusal import Refusal
from corrtest.register.register import Register
from corrtest.register.safekeeping.folder_backup import FolderBackup, back_up_folder, restore_folder
from corrtest.register.sheets.entries import CHANNELS, TYPED_REACTIONS
from corrtest.register.sheets.exchange import TakenIn
from corrtest.register.sheets.words import channel_word, is_word, word

__all__ = [
    "CHANNELS",
    "INCIDENTS",
    "ROLES",
    "STATES",
    "TOKEN_VARIABLE",
    "TYPED_REACTIONS",
    "Actor",
    "Candidate",
    "Event",
    "FolderBackup",
    "Found",
    "Hurdle",
    "Incident",
    "Incoming",
    "Letter",
    "LetterKind",
    "Mark",
    "Noted",
    "Refusal",
    "Register",
    "Role",
    "Status",
    "TakenIn",
    "WeeklyProgress",
    "back_up_folder",
    "channel_word",
    "folded",
    "is_word",
    "local_time",
    "mail_domain",
    "masked",
    "now",
    "pace_sentence",
    "permit",
    "possible",
    "progress_page",
    "progress_words",
    "restore_folder",
    "shown_day",
    "word",
]
