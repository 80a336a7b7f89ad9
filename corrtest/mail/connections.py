"""Connections to mail servers, by the standard library: certificates are checked, and errors said in plain words."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from corrtest.errors import RegisterError
from corrtest.language import mark, say
from corrtest.mail.mailboxes import Mailbox, Server

__all__ = ["MailTrouble", "imap", "smtp"]

SECONDS = 30.0
# What mail programs say of themselves when they greet: the name of this machine is nobody's business.
_GREETING = "[127.0.0.1]"


class MailTrouble(RegisterError):
    """A mail server could not be reached, or would not do what it was asked."""


def context_of(mailbox: Mailbox) -> ssl.SSLContext:
    """Return how the certificate of a mailbox's servers is checked."""
    try:
        return ssl.create_default_context(cafile=None if mailbox.certificate is None else str(mailbox.certificate))
    except (OSError, ssl.SSLError) as error:
        raise MailTrouble(
            say(
                "The certificate {path} of {address} cannot be read: {error}.",
                path=mailbox.certificate,
                address=mailbox.address,
                error=error,
            )
        ) from None


@contextmanager
def smtp(mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    """Yield a connection over which this mailbox sends, logged in."""
    password, context, server = mailbox.password(), context_of(mailbox), mailbox.smtp
    connection: smtplib.SMTP
    try:
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=_GREETING, timeout=SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, local_hostname=_GREETING, timeout=SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        raise trouble(mailbox, server, error) from None
    try:
        try:
            connection.ehlo()
            if server.security == "starttls":
                connection.starttls(context=context)
                connection.ehlo()
            if connection.has_extn("auth"):
                connection.login(mailbox.user, password)
        except (OSError, smtplib.SMTPException) as error:
            raise trouble(mailbox, server, error) from None
        yield connection
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.quit()
        connection.close()


@contextmanager
def imap(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    """Yield a connection over which this mailbox is read, logged in."""
    password, context, server = mailbox.password(), context_of(mailbox), mailbox.imap
    connection: imaplib.IMAP4
    try:
        if server.security == "tls":
            connection = imaplib.IMAP4_SSL(server.host, server.port, ssl_context=context, timeout=SECONDS)
        else:
            connection = imaplib.IMAP4(server.host, server.port, timeout=SECONDS)
    except (OSError, imaplib.IMAP4.error) as error:
        raise trouble(mailbox, server, error) from None
    try:
        try:
            if server.security == "starttls":
                connection.starttls(context)
            connection.login(mailbox.user, password)
            yield connection
        except (OSError, imaplib.IMAP4.error) as error:
            raise trouble(mailbox, server, error) from None
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()


def trouble(mailbox: Mailbox, server: Server, error: Exception) -> MailTrouble:
    """Return what went wrong with a server, in words that say what to do."""
    return MailTrouble(
        say(
            "{address}, server {host}, port {port}: {why}",
            address=mailbox.address,
            host=server.host,
            port=server.port,
            why=_why(error),
        )
    )


# What is said of each kind of error, the first that fits; {reason} is the error's own word, {code} the server's answer.
_SAID: tuple[tuple[type[Exception], str], ...] = (
    (
        ssl.SSLCertVerificationError,
        mark(
            "its certificate is not to be trusted ({reason}). Nothing was sent. Look at the name of the server; where "
            "it shows a certificate of its own, name that file under certificate."
        ),
    ),
    (ssl.SSLError, mark("it does not speak TLS on this port. Look at port and security (tls or starttls).")),
    (smtplib.SMTPAuthenticationError, mark("it refuses the name or the password.")),
    (smtplib.SMTPNotSupportedError, mark("it does not offer what was asked ({reason}).")),
    (smtplib.SMTPResponseException, mark("it answers {code}.")),
    (TimeoutError, mark("it did not answer in time.")),
    (ConnectionRefusedError, mark("nothing listens there. Look at the port.")),
    (socket.gaierror, mark("there is no server of that name.")),
    (OSError, mark("it cannot be reached ({reason}).")),
    (Exception, mark("the connection broke ({reason}).")),
)


def _why(error: Exception) -> str:
    if "AUTHENTICATIONFAILED" in str(error):  # IMAP has one kind of error for all that a server refuses
        return say("it refuses the name or the password.")
    words = next(text for kind, text in _SAID if isinstance(error, kind))
    reason = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or type(error).__name__
    return say(words, reason=reason, code=getattr(error, "smtp_code", ""))
