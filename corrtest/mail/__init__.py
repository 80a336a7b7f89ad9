"""Mail: applications go out and answers come in, and every step is an event of the register.

===========  ====================================================================================
mailboxes    `secret/mailboxes.toml`: servers, personas, hours, pace; passwords from elsewhere
connections  SMTP and IMAP, certificates checked, errors in plain words
checking     each mailbox tried, one thing after another
letters      an application as a mail
sending      what is due, one at a time, with an event before and one after
reading      a mail that came in: who wrote what to whom, and what its structure tells
settling     letters of which nobody knows whether they went, looked for
===========  ====================================================================================
"""

from corrtest.mail.checking import Finding, check_mailbox
from corrtest.mail.letters import Draft, mail_of, read_draft
from corrtest.mail.mailboxes import MAILBOXES_FILE, Mailbox, MailPlan, read_mail_plan
from corrtest.mail.reading import Kind, Message, plain_subject, read_message
from corrtest.mail.sending import Due, Outcome, due_letters, rehearse, send_due
from corrtest.mail.settling import settle_found, unsettled

__all__ = [
    "MAILBOXES_FILE",
    "Draft",
    "Due",
    "Finding",
    "Kind",
    "MailPlan",
    "Mailbox",
    "Message",
    "Outcome",
    "check_mailbox",
    "due_letters",
    "mail_of",
    "plain_subject",
    "read_draft",
    "read_mail_plan",
    "read_message",
    "rehearse",
    "send_due",
    "settle_found",
    "unsettled",
]
