"""How far a study is, told from what lies in its folder: each step, whether it is done, and the command for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corrtest.errors import CorrtestError
from corrtest.language import mark
from corrtest.spec.folder import StudyFolder
from corrtest.spec.reading import read_study
from corrtest.spec.study import Study
from corrtest.spec.vacancy_folder import vacancy_files

__all__ = ["FieldworkCount", "Progress", "Step", "progress_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldworkCount:
    """What the register says: has it approvals and audit; applications in all, to be sent, and sent but not closed."""

    approved: bool
    audited: bool
    applications: int
    to_send: int
    open: int


AUDIT = "register approve --documents documents"
# Verb → the verbs whose steps must be done before: without them it is refused, or has nothing to work on.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "plan": ("check",),
    "prereg": ("plan",),
    "render": ("plan",),
    "register approve": ("register init",),
    "register import": ("register approve", "plan"),
    AUDIT: ("register import", "render"),
    "register worklist": (AUDIT,),
    "register end close": ("register worklist",),
    "register export": ("register end close",),
    "analyse": ("register export", "questionnaire answers FILE"),
    "report": ("analyse",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a study: what it comes to, the command for it, and whether it is done."""

    what: str
    command: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a study stands.

    Attributes
    ----------
    study : Study or None
        None where the study file has faults, which `fault` tells.
    steps : tuple of Step
        In the order in which they are taken.
    approved : bool
        Whether the register has the approvals, which may have come after the study file was frozen.
    """

    study: Study | None
    fault: str
    steps: tuple[Step, ...]
    approved: bool

    @property
    def next(self) -> Step | None:
        """The first step that is not done; None where all are."""
        return next((step for step in self.steps if not step.done), None)

    def waits_for(self, step: Step) -> tuple[Step, ...]:
        """Return the steps that must be done before this one; none where it is done."""
        needed = {f"corrtest {verb}" for verb in _NEEDS.get(step.command.removeprefix("corrtest "), ())}
        return () if step.done else tuple(each for each in self.steps if each.command in needed and not each.done)

    @property
    def approvals_missing(self) -> tuple[str, ...]:
        """What neither the register nor the study file has on record yet; nothing is sent before."""
        return () if self.study is None or self.approved else self.study.approval.missing


def progress_of(folder: StudyFolder, fieldwork: FieldworkCount | None = None) -> Progress:
    """Return where the study in `folder` stands; `fieldwork` is what its register says, where there is one."""
    study, fault = None, ""
    try:
        study = read_study(folder.study)
    except CorrtestError as error:
        fault = error.text()
    asks = study is not None and study.asks
    return Progress(
        study=study,
        fault=fault,
        steps=_of_questionnaire(folder, study)
        if asks
        else (*_before(folder, study), *_fieldwork(folder, fieldwork), *_after(folder)),
        approved=fieldwork is not None and fieldwork.approved,
    )


def _before(folder: StudyFolder, study: Study | None) -> tuple[Step, ...]:
    return (
        _step(mark("the study file is in order"), "check", study is not None),
        *_of_instrument(folder, study),
        _step(mark("the documents are written and audited"), "render", (folder.documents / "audit.csv").is_file()),
    )


def _of_questionnaire(folder: StudyFolder, study: Study | None) -> tuple[Step, ...]:
    """Return the steps of a survey or risk analysis."""
    drawn = (folder.questionnaire / "sample.csv").is_file()
    sampled = study is not None and study.instrument == "survey"
    return (
        _step(mark("the study file is in order"), "check", study is not None),
        *((_step(mark("it is drawn who is invited"), "questionnaire sample FRAME", drawn),) if sampled else ()),
        _step(mark("the form is made"), "questionnaire form", (folder.questionnaire / "form.xlsx").is_file()),
        _step(mark("the answers are read"), "questionnaire answers FILE", folder.answers.is_file()),
        _step(mark("the results are estimated"), "analyse", _newer(folder.results, folder.answers)),
        _step(mark("the report is written"), "report", _holds_files(folder.report)),
    )


def _of_instrument(folder: StudyFolder, study: Study | None) -> tuple[Step, ...]:
    planned = bool(folder.plan_versions())
    if study is not None and study.client_calls is not None:
        return (
            _step(mark("the firms of the sector are in the folder frame"), "check", bool(vacancy_files(folder.frame))),
            _step(mark("the calls are planned and frozen"), "plan", planned),
        )
    return (
        _step(mark("vacancies have come in, in the folder vacancies"), "check", bool(vacancy_files(folder.vacancies))),
        _step(mark("the pairs are planned and frozen"), "plan", planned),
        _step(mark("the plan is preregistered"), "prereg", _holds_files(folder.preregistration)),
        _step(mark("there is a letter to employers"), "employers", _holds_files(folder.letters)),
    )


def _fieldwork(folder: StudyFolder, found: FieldworkCount | None) -> tuple[Step, ...]:
    imported = found is not None and found.applications > 0
    sent = found is not None and imported and not found.to_send
    return (
        _step(mark("there is a register"), "register init", folder.register.is_file()),
        _step(mark("the approvals are on record"), "register approve", found is not None and found.approved),
        _step(mark("the plan is in the register"), "register import", imported),
        _step(mark("the audit of the documents is on record"), AUDIT, found is not None and found.audited),
        _step(mark("all applications are sent"), "register worklist", sent),
        _step(
            mark("positive reactions are withdrawn, and all is closed"),
            "register end close",
            found is not None and sent and not found.open,
        ),
    )


def _after(folder: StudyFolder) -> tuple[Step, ...]:
    return (
        _step(mark("the pairs table is exported"), "register export", folder.pairs.is_file()),
        _step(mark("the results are estimated"), "analyse", _newer(folder.results, folder.pairs)),
        _step(mark("the report is written"), "report", _holds_files(folder.report)),
    )


def _step(what: str, verb: str, done: bool) -> Step:
    return Step(what=what, command=f"corrtest {verb}", done=done)


def _holds_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _newer(made: Path, source: Path) -> bool:
    """Say whether `made` is there, and no older than what it was made from."""
    return made.is_file() and (not source.is_file() or made.stat().st_mtime >= source.stat().st_mtime)
