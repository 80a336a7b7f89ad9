"""The secret that a study's documents follow from, and what may be printed of it.

The seed is public: the draw follows from it, so that the draw can be checked. Documents that followed from it too could
be made again by whoever has the package and the seed, and recognised by the employer who gets one. So they follow from
a key as well, which lies among the study's secrets. A commitment to it is part of the frozen plan and is printed in
the preregistration: who is given the key later can prove that it is the one, and make the same documents to the byte.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corrtest.design.plan import DrawnPlan, Plan
from corrtest.errors import DesignError
from corrtest.language import say
from corrtest.spec import documents_key_of, keyed, make_key, read_key

__all__ = ["committed", "read_documents_key"]

# The entry of the manifest.
_COMMITMENT = "documents"


def committed(plan: Plan, folder: Path) -> Plan:
    """Return the plan that goes into `folder` with the commitment to its documents' key.

    The key is made with the study's first plan, where there is none yet; a later version keeps it.
    """
    if _COMMITMENT in plan.manifest:
        read_documents_key(plan, folder)
        return plan
    key = make_key(documents_key_of(folder))
    return replace(plan, manifest={**plan.manifest, _COMMITMENT: _commitment(plan, key)})


def read_documents_key(plan: DrawnPlan, folder: str | Path) -> bytes:
    """Return the key that the documents of the plan in `folder` follow from.

    Raises
    ------
    StudyError
        Where it is not there: the message says where it was expected.
    DesignError
        Where it is another key than the one that the plan is committed to.
    """
    path = documents_key_of(folder)
    key = read_key(
        path,
        what=say("The documents follow from a secret of the study"),
        action=say(
            "Put it back from the backup of the study's secrets, or ask it of who carries out the study: no other key "
            "makes these documents."
        ),
    )
    if _commitment(plan, key) != plan.manifest.get(_COMMITMENT):
        raise DesignError(
            say(
                "{path} is another key than the one that the plan in {folder} is committed to: it would make other "
                "documents. Put back the key that was there when the plan was made.",
                path=path,
                folder=folder,
            )
        )
    return key


def _commitment(plan: DrawnPlan, key: bytes) -> str:
    """Return what may be printed of a key: it tells nothing of the key, and no other key gives the same."""
    return keyed(key, "documents of", plan.study.name)
