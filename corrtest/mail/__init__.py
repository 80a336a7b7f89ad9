"""Mail: applications go out and answers come in, and every step is an event of the register.

===========  ====================================================================================
answers      what came in, as who codes it sees it
declining    the candidate is no longer available
incoming     what came in, kept: from the mailboxes, or from files
matching     which application a mail answers, and why that is thought
mailboxes    `secret/mailboxes.toml`: servers, personas, hours, pace; passwords from elsewhere
connections  SMTP and IMAP, certificates checked, errors in plain words
checking     each mailbox tried, one thing after another
letters      an application as a mail
sending      what is due, one at a time, with an event before and one after
reading      a mail that came in: who wrote what to whom, and what its structure tells
alerts       what needs a person today
suggesting/  what an answer may be, by rules and a small model
suggestions  the same in a study: off where it is not proven
settling     letters of which nobody knows whether they went, looked for
===========  ====================================================================================
"""

from corrtest.mail.alerts import alerts, send_summary, silent_mailboxes
from corrtest.mail.answers import Answer, confirm, one_answer, read_answers
from corrtest.mail.checking import Finding, check_mailbox
from corrtest.mail.declining import Declines, decline_text, due_declines, send_declines
from corrtest.mail.incoming import TakenIn, fetch, read_folder
from corrtest.mail.letters import Draft, mail_of, read_draft
from corrtest.mail.mailboxes import MAILBOXES_FILE, Mailbox, MailPlan, read_mail_plan
from corrtest.mail.matching import EVIDENCE, Directory, Match
from corrtest.mail.reading import Kind, Message, plain_subject, read_message
from corrtest.mail.sending import Due, Outcome, due_letters, rehearse, send_due
from corrtest.mail.settling import settle_found, unsettled
from corrtest.mail.suggestions import standing, suggested_for, train_own

__all__ = [
    "EVIDENCE",
    "MAILBOXES_FILE",
    "Answer",
    "Declines",
    "Directory",
    "Draft",
    "Due",
    "Finding",
    "Kind",
    "MailPlan",
    "Mailbox",
    "Match",
    "Message",
    "Outcome",
    "TakenIn",
    "alerts",
    "check_mailbox",
    "confirm",
    "decline_text",
    "due_declines",
    "due_letters",
    "fetch",
    "mail_of",
    "one_answer",
    "plain_subject",
    "read_answers",
    "read_draft",
    "read_folder",
    "read_mail_plan",
    "read_message",
    "rehearse",
    "send_declines",
    "send_due",
    "send_summary",
    "settle_found",
    "silent_mailboxes",
    "standing",
    "suggested_for",
    "train_own",
    "unsettled",
]
