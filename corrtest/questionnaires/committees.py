"""The joint committees of a study as answers that may be chosen."""

from __future__ import annotations

from corrtest.questionnaires.forms import Choice
from corrtest.spec import Study, joint_committees, written_label

__all__ = ["committee_choices", "committee_key", "committee_number", "ground_labels"]


def committee_key(number: str) -> str:
    """Return the name of a committee's choice; survey tools take no dot there."""
    return f"pc_{number.replace('.', '_')}"


def committee_number(key: str) -> str:
    """Return the number of the committee that a choice names."""
    return key.removeprefix("pc_").replace("_", ".")


def committee_choices(study: Study) -> tuple[Choice, ...]:
    """Return the committees by number and name; names in English are the Dutch ones."""
    known = joint_committees()
    made = []
    for committee in study.committees:
        row = known.loc[committee.number]
        said = {language: f"{committee.number} – {row[f'name_{language}']}" for language in ("nl", "fr")}
        made.append(Choice(name=committee_key(committee.number), label={**said, "en": said["nl"]}))
    return tuple(made)


def ground_labels(study: Study) -> dict[str, dict[str, str]]:
    """Return criterion → its label in each language that a form may have."""
    return {
        criterion.name: {
            language: written_label(study.names.criteria[criterion.name].label, criterion.name, language)
            for language in ("nl", "fr", "en")
        }
        for criterion in study.criteria
    }
