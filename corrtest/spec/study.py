"""The study as frozen objects: what `designs/*.toml` says once every fault is out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from corrtest.spec.calling import USUAL_CALLING, WRITTEN, Calling
from corrtest.spec.client_calls import ClientCalls
from corrtest.spec.combinations import Combination, combinations
from corrtest.spec.criterion import Criterion
from corrtest.spec.detectability import Detectability
from corrtest.spec.languages import language_table
from corrtest.spec.names import SHIPPED, Names
from corrtest.spec.questionnaire_options import QUESTIONNAIRES, RiskAnalysis, Survey
from corrtest.spec.ratings import described_signals

TestsAre = Literal["pairs", "applications"]
Wave = Literal["baseline", "follow_up"]
Instrument = Literal["correspondence_test", "client_calls", "survey", "risk_analysis"]
Arm = Literal["control", "treated"]
Pairing = Literal["paired", "unpaired"]
Stated = Literal["same", "by_level", "omitted"]
Employers = Literal["unnamed", "public", "coined"]
Protection = Literal["coalition", "all_but_one"]
PrimaryOutcome = Literal["strict", "broad"]
MonitoringRuleName = Literal["obrien_fleming", "pocock", "e_process"]

ARMS: tuple[Arm, Arm] = ("control", "treated")
REACTIONS: tuple[str, ...] = ("invitation", "other_positive", "request", "negative", "none", "automatic")
# What a firm may answer a client who asks to discriminate, from the plainest refusal to agreement.
NOT_REACHED = "not_reached"
CALL_ANSWERS: tuple[str, ...] = (NOT_REACHED, "refuses", "refers", "hints", "agrees")
# Whatever a register may hold, of any instrument.
EVERY_REACTION: tuple[str, ...] = (*REACTIONS, *CALL_ANSWERS)
INSTRUMENTS: tuple[Instrument, ...] = ("correspondence_test", "client_calls", "survey", "risk_analysis")
PAIRINGS: tuple[Pairing, Pairing] = ("paired", "unpaired")
STATED: tuple[Stated, ...] = ("same", "by_level", "omitted")
EMPLOYERS: tuple[Employers, ...] = ("unnamed", "public", "coined")
# The first is the default.
PRIMARY_OUTCOMES: tuple[PrimaryOutcome, ...] = ("strict", "broad")
EMPLOYER_AND_CALLER = "employer_and_caller"
CLUSTERS = ("employer", EMPLOYER_AND_CALLER, "vacancy", "none")
MULTIPLICITIES = ("holm", "benjamini_hochberg", "none")
PROTECTIONS: tuple[Protection, Protection] = ("coalition", "all_but_one")
ODD_REACTIONS = ("as_coded", "left_out", "bounded")
IncidentRule = Literal["exclude", "flag"]
# The first is the default.
INCIDENT_RULES: tuple[IncidentRule, ...] = ("exclude", "flag")
MONITORING_RULES: tuple[MonitoringRuleName, ...] = ("obrien_fleming", "pocock", "e_process")
WAVES: tuple[Wave, Wave] = ("baseline", "follow_up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """First and last day (inclusive) on which an application may be sent."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of calendar days, both ends included."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who allowed the study; each may be None while the study is being drafted."""

    ethics_reference: str | None = None
    authorised_by: str | None = None
    employers_informed_on: date | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the approvals that are not on record yet."""
        return tuple(name for name in self.__slots__ if getattr(self, name) is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """One joint committee and its quota: pairs wanted per criterion (0 = not tested)."""

    number: str
    pairs: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """One occupation that is tested, and the joint committees in which it occurs."""

    code: str
    title: str
    committees: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most `pairs` pairs to an employer in any `weeks` × 7 consecutive days."""

    pairs: int
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeStep:
    """Caps for employers with at least `employees` employees."""

    employees: int
    total: int
    window_pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The load cap of an employer: pairs in all and in any rolling window."""

    total: int
    window: Window
    by_size: tuple[SizeStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Which reactions count as positive, strictly and broadly; strict is a subset of broad.

    `primary` is the one that the hypotheses are on: it is tested and leads every report; the other stands beside it.
    """

    strict: tuple[str, ...]
    broad: tuple[str, ...]
    primary: PrimaryOutcome = PRIMARY_OUTCOMES[0]

    def as_mapping(self) -> dict[str, tuple[str, ...]]:
        """Return outcome name → positive reactions, strict first."""
        return {"strict": self.strict, "broad": self.broad}


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringRule:
    """Early looks that the study preregistered.

    Attributes
    ----------
    rule : str
        Alpha spending after O'Brien and Fleming or Pocock, at the fractions `looks` of the pairs planned; or the
        e-process of the paired sign test, which may be looked at after any pair and takes no `looks`.
    looks : tuple of float
        Rising fractions in (0, 1], the last one 1.
    alpha : float
        Two-sided level over all looks together.
    """

    rule: MonitoringRuleName
    looks: tuple[float, ...] = ()
    alpha: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisOptions:
    """How the study is analysed, as preregistered.

    `odd_reactions` says what is done with automatic answers, bounces, late answers and withdrawn vacancies: as coded,
    left out of the main result, or as coded with the best and worst case beside it. `incidents` says whether pairs of
    which the employer complained or found out are left out of it, or stay in and are counted.

    `employer_correlation` is the correlation between the pairs of one employer by which intervals and tests are
    widened where employers have several (design effect 1 + (m − 1)·ρ); it counts where `cluster` is "employer" or
    "employer_and_caller", which also counts that the calls of one caller are alike, in the figures of the analysis.
    """

    confidence_level: float = 0.95
    employer_correlation: float = 0.2
    cluster: Literal["employer", "employer_and_caller", "vacancy", "none"] = "employer"
    multiplicity: Literal["holm", "benjamini_hochberg", "none"] = "holm"
    odd_reactions: Literal["as_coded", "left_out", "bounded"] = "as_coded"
    incidents: IncidentRule = INCIDENT_RULES[0]
    monitoring: MonitoringRule | None = None

    @property
    def counted_correlation(self) -> float:
        """The correlation of an employer's pairs that published figures count: none where all are independent."""
        return 0.0 if self.cluster in ("none", "vacancy") else self.employer_correlation

    def description(self) -> dict[str, Any]:
        """Return the options as a report and a preregistration print them."""
        watched = self.monitoring
        return {
            "confidence_level": self.confidence_level,
            "employer_correlation": self.employer_correlation,
            "cluster": self.cluster,
            "multiplicity": self.multiplicity,
            "odd_reactions": self.odd_reactions,
            "incidents": self.incidents,
            "monitoring": None
            if watched is None
            else {"rule": watched.rule, "looks": list(watched.looks), "alpha": watched.alpha},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureOptions:
    """Least pairs and employers behind a figure that leaves, and whom figures are protected from; None = as the policy.

    `protection` "coalition": employers who pool their answers; counts are exact. "all_but_one": someone who knows all
    reactions but one; counts carry noise, which costs pairs.
    """

    min_pairs: int | None = None
    min_employers: int | None = None
    protection: Protection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCost:
    """What a pair costs by one channel, in euro, and the share (0 to 1) of the pairs that is expected to go by it."""

    channel: str
    cost_per_pair: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Money for the study, in euro; None where the study does not say.

    `total` is the subsidy, `sector_adds` what the sector pays besides. With `channels`, `cost_per_pair` is their mean.
    """

    total: float | None = None
    sector_adds: float | None = None
    cost_per_pair: float | None = None
    cost_per_vacancy: float | None = None
    fixed: float | None = None
    channels: tuple[ChannelCost, ...] = ()

    @property
    def available(self) -> float | None:
        """All the money there is: the subsidy and what the sector adds."""
        given = [amount for amount in (self.total, self.sector_adds) if amount is not None]
        return sum(given) if given else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fieldwork:
    """How applications go out and how long answers are awaited (days are calendar days).

    The lag between the two applications of a pair is drawn from `lag_days` to `lag_days_most`; a pair whose second goes
    more than `lag_tolerance_days` later than that is marked.
    """

    lag_days: int = 1
    lag_days_most: int = 1
    lag_tolerance_days: int = 7
    reaction_window_days: int = 30
    withdraw_within_hours: int = 24
    blackout_days: tuple[date, ...] = ()
    tests_are: TestsAre = "pairs"
    employer_identifier: Literal["enterprise_number", "other"] = "enterprise_number"
    stratify_by: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An external partner and the most pairs that it sends on one day (None: no limit)."""

    name: str
    pairs_per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What the fictitious documents state, and whom they may never name.

    Attributes
    ----------
    nationality, mother_tongue : str
        "same": both arms state the same; "by_level": the treated arm states that of its level, the control arm the
        local one; "omitted": neither states any.
    employers : str
        Where the applicants say they have worked: "unnamed": kinds of workplace ("schildersbedrijf, Brugge"); "public":
        those, and public services of the municipality where the occupation has them; "coined": firms that do not
        exist, from a pool of the study's own that is wide enough.
    refused_names, refused_firms : tuple of str
        Names of persons and of firms that the study does not want in any document, besides the refused names that
        corrtest brings along.
    """

    nationality: Stated = "same"
    mother_tongue: Stated = "same"
    employers: Employers = "unnamed"
    refused_names: tuple[str, ...] = ()
    refused_firms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One measurement of one sector in one wave, fully validated.

    With `pairing` "paired", each vacancy gets both applications of a pair; "unpaired", one application whose arm is
    drawn, and a quota of 200 pairs means 200 applications of each arm. Made by `read_study`; `source` is the text it
    was read from, which carries the study's own names, so that a plan can carry its own study. `profile` is the set of
    choices that it was drawn up after, if any; `follows` the name of the measurement that a follow-up is set against;
    `channels` are those that it declares. Of a `simulated` study all is marked; another takes in nothing that is.
    """

    name: str
    sector: str
    wave: Wave
    seed: int
    language: str
    instrument: Instrument
    pairing: Pairing
    period: Period
    approval: Approval
    committees: tuple[Committee, ...]
    criteria: tuple[Criterion, ...]
    occupations: tuple[Occupation, ...]
    caps: Caps
    outcomes: Outcomes
    analysis: AnalysisOptions
    disclosure: DisclosureOptions
    budget: Budget
    fieldwork: Fieldwork
    documents: Documents
    detectability: Detectability
    partners: tuple[Partner, ...]
    source: str
    names: Names = SHIPPED
    profile: str | None = None
    follows: str | None = None
    channels: tuple[str, ...] = ()
    simulated: bool = False
    calling: Calling = USUAL_CALLING
    client_calls: ClientCalls | None = None
    survey: Survey = field(default_factory=Survey)
    risk_analysis: RiskAnalysis = field(default_factory=RiskAnalysis)

    @property
    def reactions(self) -> tuple[str, ...]:
        """The words for what an employer did, of this study's instrument."""
        return REACTIONS if self.client_calls is None else CALL_ANSWERS

    @property
    def silence(self) -> str:
        """The reaction where nothing is on record once the window has passed."""
        return "none" if self.client_calls is None else NOT_REACHED

    @property
    def exported(self) -> Literal["pairs", "applications", "answers"]:
        """The table that its register exports: a row a pair, an application or an answer."""
        if self.client_calls is not None:
            return "answers"
        return "pairs" if self.pairing == "paired" else "applications"

    def criterion(self, name: str) -> Criterion:
        """Return the criterion called `name`; KeyError where the study has none."""
        for criterion in self.criteria:
            if criterion.name == name:
                return criterion
        raise KeyError(name)

    @property
    def asks(self) -> bool:
        """Whether it measures by a questionnaire, and sends no application."""
        return self.instrument in QUESTIONNAIRES

    @property
    def combinations(self) -> tuple[Combination, ...]:
        """The signals that its levels cross, two by two."""
        return combinations(self.criteria, self.names.criteria)

    def signals(self) -> dict[str, Any]:
        """Return how the names and sentences that carry its signals were rated, as `described_signals` says it."""
        return described_signals(
            self.criteria,
            self.names.criteria,
            self.names.chosen,
            self.names.rated,
            asked=self.names.asked,
            control=str(language_table(self.language)["control_names"]),
        )

    @property
    def applies_by(self) -> tuple[str, ...]:
        """The channels by which it applies: those that it declares, or else those in writing."""
        return self.channels or WRITTEN

    @property
    def applications_a_test(self) -> int:
        """The applications of one test, as its quotas count tests; a call by a client has no twin."""
        return 1 if self.client_calls is not None or self.fieldwork.tests_are == "applications" else 2

    def quota(self) -> dict[tuple[str, str], int]:
        """Return (joint committee, criterion) → pairs wanted, in file order, zero quotas left out."""
        return {
            (committee.number, criterion): pairs
            for committee in self.committees
            for criterion, pairs in committee.pairs.items()
            if pairs
        }

    @property
    def pairs_wanted(self) -> int:
        """Pairs wanted over all strata."""
        return sum(self.quota().values())

    def description(self) -> dict[str, Any]:
        """Return what a report says of the study: no identity, only what was planned.

        `labels` are there where the study has criteria of its own, which a report could not name otherwise,
        `combinations` where signals are crossed, `signals` where some are told by names or sentences, `profile`,
        `follows`, `channels` and `simulated` where the study file says them.
        """
        labels = self.names.own_labels()
        if self.client_calls is not None:
            labels = {kind: labels[kind] | more for kind, more in self.client_calls.labels().items()}
        crossed = [each.description() for each in self.combinations]
        only_where = {
            "labels": labels if any(labels.values()) else {},
            "client_calls": None if self.client_calls is None else self.client_calls.description(),
            "combinations": crossed,
            "signals": self.signals(),
            "profile": self.profile,
            "follows": self.follows,
            "channels": list(self.channels),
            "simulated": self.simulated,
        }
        return {name: said for name, said in only_where.items() if said} | {
            "name": self.name,
            "sector": self.sector,
            "wave": self.wave,
            "language": self.language,
            "instrument": self.instrument,
            "pairing": self.pairing,
            "period": [self.period.start.isoformat(), self.period.end.isoformat()],
            "ethics_reference": self.approval.ethics_reference,
            "authorised_by": self.approval.authorised_by,
            "employers_informed_on": self.approval.employers_informed_on.isoformat()
            if self.approval.employers_informed_on
            else None,
            "committees": [{"number": c.number, "pairs": dict(c.pairs)} for c in self.committees],
            "criteria": [
                {"name": c.name, "levels": [{"name": lv.name, "share": lv.share} for lv in c.levels]}
                for c in self.criteria
            ],
            "caps": {
                "total": self.caps.total,
                "window": {"pairs": self.caps.window.pairs, "weeks": self.caps.window.weeks},
            },
            "outcomes": {name: list(words) for name, words in self.outcomes.as_mapping().items()},
            "primary_outcome": self.outcomes.primary,
            "disclosure": {
                "min_pairs": self.disclosure.min_pairs,
                "min_employers": self.disclosure.min_employers,
                "protection": self.disclosure.protection,
            },
            "tests_are": self.fieldwork.tests_are,
            "stratify_by": list(self.fieldwork.stratify_by),
            "lag_days": self.fieldwork.lag_days
            if self.fieldwork.lag_days == self.fieldwork.lag_days_most
            else [self.fieldwork.lag_days, self.fieldwork.lag_days_most],
            "analysis": self.analysis.description(),
            "reaction_window_days": self.fieldwork.reaction_window_days,
        }
