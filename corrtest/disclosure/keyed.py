"""The secret of a study in disclosure control: whose results it goes with, and what is printed of inputs by it.

A plain fingerprint of the pairs table would confirm a guess: who knows all reactions but one tries each value of the
last and looks which gives the printed digits. Printed fingerprints are therefore keyed: whoever holds the secret and
the table can make them again, nobody else learns anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from corrtest.disclosure.policy import protects_nobody
from corrtest.errors import DisclosureError
from corrtest.language import say
from corrtest.spec import keyed

if TYPE_CHECKING:
    from corrtest.analysis import Results
    from corrtest.questionnaires import QuestionnaireResults

# Behind simulated reactions and published data there is nobody to protect; their reports are the same everywhere.
_NOBODY = b"corrtest: nobody to protect"
_DIGITS = 32


class Secret(Protocol):
    """What holds the secret of a study: its release log."""

    @property
    def secret(self) -> bytes:
        """The secret."""


def commitment(secret: bytes) -> str:
    """Return what may be told of a secret: it names this one and no other, and nothing of it follows."""
    return keyed(secret, "commitment")[:_DIGITS]


def fingerprint_of(secret: bytes, sha256: str) -> str:
    """Return the keyed fingerprint of a file, from its SHA-256: what a report prints of a table of reactions."""
    return keyed(secret, "file", sha256)[:_DIGITS]


def secret_for(results: Results | QuestionnaireResults, log: Secret | None) -> bytes:
    """Return the secret that goes with `results`.

    Raises
    ------
    DisclosureError
        The results protect somebody and there is no log, or the log's secret is not that of their study.
    """
    if log is None:
        if protects_nobody(results):
            return _NOBODY
        raise DisclosureError(
            say(
                "These results protect employers or workers, so that what leaves must be remembered with their study. "
                "Give the release log of the study."
            )
        )
    if results.commitment not in (None, commitment(log.secret)):
        raise DisclosureError(
            say(
                "These results belong to another secret than that of this release log. Report them in the study "
                "folder in which they were analysed, with its folder secret; a lost one is restored from the backup."
            )
        )
    return log.secret


def keyed_inputs(inputs: Mapping[str, Any], log: Secret | None) -> dict[str, Any]:
    """Return the inputs of an analysis with each SHA-256 keyed by the log's secret: `hmac_sha256` in its place.

    Without a log there is nobody to protect (`secret_for` sees to it), and fingerprints stay as they are.
    """

    def changed(content: Any) -> Any:
        if isinstance(content, Mapping):
            return {
                "hmac_sha256" if log and key == "sha256" else key: fingerprint_of(log.secret, str(value))
                if log and key == "sha256"
                else changed(value)
                for key, value in content.items()
            }
        if isinstance(content, list | tuple):
            return [changed(item) for item in content]
        return content if content is None or isinstance(content, bool | int | float | str) else str(content)

    return dict(changed(inputs))
