"""The disclosure policy as data: read from a commented TOML file, every figure checked, printed with every report.

The figures follow the SACRO tool `acro` 1.0 where it has them (least 10 units, p% rule at 10 %). The tool itself is not
used: it checks tables while it makes them from records (here only counts pass), knows no complementary suppression over
linked tables and no earlier releases, and asks for pandas below 2.4.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corrtest.errors import DisclosureError, Fault, nearest
from corrtest.language import say
from corrtest.questionnaires import QuestionnaireResults
from corrtest.spec import PROTECTIONS, DisclosureOptions, parse_toml

if TYPE_CHECKING:
    from corrtest.analysis import Results

DEFAULT_FILE = "default.toml"
COALITION, ALL_BUT_ONE = PROTECTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a cell must satisfy before it may leave, and how its counts are published.

    Parameters
    ----------
    protection : str
        "coalition": exact counts, safe from employers who pool their answers; "all_but_one": counts with noise.
    coalition_employers : int
        How many employers, whichever they are, may pool their answers.
    coalition_share : float
        Share [0, 1) of a cell's pairs that a larger coalition may hold.
    outside_employers : int
        Least employers that stand outside every coalition, in each cell that is shown or can be computed.
    most_alike : float
        Largest share (0, 1] of the pairs outside a coalition with one outcome (both, control only, treated only).
    min_pairs, min_employers : int
        Least pairs and least employers behind a cell.
    merge_small : bool
        Show the committees that are hidden beside a shown total as one result together, where that is safe.
    largest_share : float
        Largest share (0, 1] of a cell's pairs that one employer may hold.
    together : int
        How many of the largest employers the next figure is about (2 to 5).
    together_share : float
        Largest share (0, 1] of a cell's pairs that they may hold together.
    remainder_share : float
        p% rule: least pairs left without the two largest employers, as a share of the largest one's.
    hide_all_or_nothing : bool
        Hide cells in which an arm's published rate is 0 or 1.
    rounding_base : int
        Published counts are multiples of this.
    certainty : float
        From even odds, how certain a reader who knows all else may become of one pair (0.7 to 1; 1 = no noise).
    total_sd : float
        Largest standard deviation of the noise on a count of a sector's total, where the certainty allows it.
    robustness_share : float
        Share of the protection that the checks on odd reactions may use, so that the main counts carry more noise.
    releases_per_cell : int
        How often one cell may be published with different figures.
    """

    protection: str
    coalition_employers: int
    coalition_share: float
    outside_employers: int
    most_alike: float
    min_pairs: int
    min_employers: int
    merge_small: bool
    largest_share: float
    together: int
    together_share: float
    remainder_share: float
    hide_all_or_nothing: bool
    rounding_base: int
    certainty: float
    total_sd: float
    robustness_share: float
    releases_per_cell: int
    source: str = DEFAULT_FILE

    @property
    def epsilon(self) -> float:
        """What one release tells of one pair at most: the log of the odds that even odds become; 0 where it is exact.

        Nothing is accounted for then: exact counts are safe for another reason.
        """
        return 0.0 if self.exact else math.log(self.certainty / (1 - self.certainty))

    @property
    def exact(self) -> bool:
        """Whether counts leave without noise."""
        return self.protection == COALITION or self.certainty >= 1

    def for_study(self, options: DisclosureOptions) -> Policy:
        """Return this policy with what the study file sets; a study may be stricter, never laxer.

        Raises
        ------
        DisclosureError
            When the study asks for less protection than this policy gives.
        """
        faults = []
        changed: dict[str, Any] = {}
        for name in ("min_pairs", "min_employers"):
            wanted = getattr(options, name)
            if wanted is None:
                continue
            if wanted < getattr(self, name):
                faults.append(
                    Fault(
                        key=f"disclosure.{name}",
                        given=str(wanted),
                        expected=say("at least {least}, the policy's own figure", least=getattr(self, name)),
                        action=say("Raise it, or leave it out to use the policy's figure."),
                    )
                )
            changed[name] = wanted
        if options.protection is not None:
            if (options.protection, self.protection) == (COALITION, ALL_BUT_ONE):
                faults.append(
                    Fault(
                        key="disclosure.protection",
                        given=f'"{COALITION}"',
                        expected=f'"{ALL_BUT_ONE}"',
                        action=say("Leave it out to use the policy's protection."),
                    )
                )
            changed["protection"] = options.protection
        if faults:
            raise DisclosureError(say("The study asks for less protection than the disclosure policy gives."), faults)
        return dataclasses.replace(self, **changed) if changed else self

    def laxer_than(self, other: Policy) -> tuple[str, ...]:
        """Return the fields in which this policy protects less than another one, in their order."""
        found = []
        for name, way in _STRICTER.items():
            own, others = getattr(self, name), getattr(other, name)
            if name == "protection":
                own, others = PROTECTIONS.index(own), PROTECTIONS.index(others)
            if way * (own - others) < 0:
                found.append(name)
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """Return the policy's figures by name, as the report prints them."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


# section ("" = before the first one), key → field of Policy, type, least and most allowed; of a word, those allowed
_KEYS: dict[tuple[str, str], tuple[str, type, float, float] | tuple[str, tuple[str, ...]]] = {
    ("", "protection"): ("protection", PROTECTIONS),
    ("coalition", "employers"): ("coalition_employers", int, 1, 100),
    ("coalition", "share"): ("coalition_share", float, 0.0, 0.9),
    ("coalition", "outside"): ("outside_employers", int, 1, 1_000),
    ("coalition", "most_alike"): ("most_alike", float, 0.1, 1.0),
    ("cell", "min_pairs"): ("min_pairs", int, 1, 10_000),
    ("cell", "min_employers"): ("min_employers", int, 1, 10_000),
    ("cell", "merge_small"): ("merge_small", bool, 0, 1),
    ("dominance", "largest_share"): ("largest_share", float, 0.01, 1.0),
    ("dominance", "together"): ("together", int, 2, 5),
    ("dominance", "together_share"): ("together_share", float, 0.01, 1.0),
    ("dominance", "remainder_share"): ("remainder_share", float, 0.0, 10.0),
    ("all_or_nothing", "hide"): ("hide_all_or_nothing", bool, 0, 1),
    ("rounding", "base"): ("rounding_base", int, 1, 100),
    ("all_but_one", "certainty"): ("certainty", float, 0.7, 1.0),
    ("all_but_one", "total_sd"): ("total_sd", float, 0.1, 100.0),
    ("all_but_one", "robustness_share"): ("robustness_share", float, 0.0, 0.5),
    ("earlier", "releases_per_cell"): ("releases_per_cell", int, 1, 100),
}

# Which way each field protects more: 1 = a higher figure (a later word of `protection`), −1 = a lower one, 0 = neither.
_STRICTER: Mapping[str, int] = {
    "protection": 1,
    "coalition_employers": 1,
    "coalition_share": 1,
    "outside_employers": 1,
    "most_alike": -1,
    "min_pairs": 1,
    "min_employers": 1,
    "merge_small": 0,  # the row together is what subtraction gives anyway
    "largest_share": -1,
    "together": 1,
    "together_share": -1,
    "remainder_share": 1,
    "hide_all_or_nothing": 1,
    "rounding_base": 1,
    "certainty": -1,
    "total_sd": 0,  # what the totals get, the committees give
    "robustness_share": 0,  # what the checks take, the main counts give
    "releases_per_cell": -1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Who let figures leave under a laxer policy than the default one, why, and in which fields it is laxer.

    Raises
    ------
    DisclosureError
        The name or the reason is missing.
    """

    by: str
    reason: str
    laxer: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.by.strip() or not self.reason.strip():
            raise DisclosureError(say("A laxer policy is allowed by somebody, for a reason. Give both."))

    def as_dict(self) -> dict[str, Any]:
        """Return the content as the release log and the published file have it."""
        return {"by": self.by, "reason": self.reason, "laxer": list(self.laxer)}


def override_needed(
    results: Results | QuestionnaireResults, policy: Policy, override: Override | None
) -> Override | None:
    """Return `override` with what it overrides; None where `policy` is as strict as the default or protects nobody.

    Raises
    ------
    DisclosureError
        The policy is laxer than the default one, the results protect somebody, and nobody has allowed it.
    """
    laxer = policy.laxer_than(default_policy())
    if not laxer or protects_nobody(results):
        return None
    if override is None:
        raise DisclosureError(
            say(
                "The policy '{policy}' protects less than the default one ({fields}). Use a stricter one, or let "
                "whoever answers for it allow it: --override-by NAME --reason TEXT; the report then says so.",
                policy=policy.source,
                fields=", ".join(laxer),
            )
        )
    return dataclasses.replace(override, laxer=laxer)


def default_policy() -> Policy:
    """Return the policy that is shipped with corrtest."""
    return policy_from_text(default_policy_text(), DEFAULT_FILE)


def default_policy_text() -> str:
    """Return the file of the default policy, with the comments that explain each figure."""
    return resources.files("corrtest.disclosure").joinpath(DEFAULT_FILE).read_text(encoding="utf-8")


def read_policy(path: str | Path) -> Policy:
    """Return the policy in a TOML file; what it leaves out is taken from the default policy."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DisclosureError(
            say("The policy file '{file}' cannot be read: {error}.", file=path.name, error=error)
        ) from error
    return policy_from_text(text, path.name, default_policy())


def names_no_one(results: Results | QuestionnaireResults) -> bool:
    """Return whether results are of no study and of no known employer: somebody's published data, read again."""
    if isinstance(results, QuestionnaireResults):
        return False
    return results.study is None and all(group.employers is None for group in results.groups)


def protects_nobody(results: Results | QuestionnaireResults) -> bool:
    """Return whether there is nobody behind results: reactions or answers made by a program, or published data."""
    return results.simulated or names_no_one(results)


def policy_for(results: Results | QuestionnaireResults, base: Policy | None = None) -> Policy:
    """Return the policy for `results`: `base` (the default policy), made stricter where their study asks for it.

    Results of no study and of no known employer are somebody's published data, read again to check a figure: without a
    `base` of your own their counts leave as they are (certainty 1), since there is nobody to protect.
    """
    if base is None and names_no_one(results):
        return dataclasses.replace(default_policy(), protection=ALL_BUT_ONE, certainty=1.0)
    asked = dict((results.study or {}).get("disclosure") or {})
    options = DisclosureOptions(**{name: asked.get(name) for name in ("min_pairs", "min_employers", "protection")})
    return (base or default_policy()).for_study(options)


def policy_from_text(text: str, file: str, base: Policy | None = None) -> Policy:
    """Return the policy written in `text`, every fault at once."""
    given, faults = parse_toml(file, text)
    if given is None:
        raise DisclosureError(say("The policy file '{file}' is not valid TOML:", file=file), faults)
    values: dict[str, Any] = {}
    sections = sorted({section for section, _ in _KEYS if section})
    top = [key for section, key in _KEYS if not section]
    for section, content in given.items():
        if section in top:
            keys = {("", section): content}
        elif section in sections and isinstance(content, dict):
            keys = {(section, key): value for key, value in content.items()}
        else:
            action = nearest(section, [*top, *sections])
            faults.append(Fault(file=file, key=section, expected=say("a known section"), action=action))
            continue
        for (part, key), value in keys.items():
            where = f"{part}.{key}" if part else key
            if (part, key) not in _KEYS:
                action = nearest(key, [name for other, name in _KEYS if other == part])
                faults.append(Fault(file=file, key=where, expected=say("a known key"), action=action))
                continue
            name, *allowed = _KEYS[part, key]
            fault = _fault(value, *allowed)
            if fault:
                action = say("Change the figure.")
                faults.append(Fault(file=file, key=where, given=repr(value), expected=fault, action=action))
            else:
                values[name] = float(value) if allowed[0] is float else value
    missing = [f"{section}.{key}".lstrip(".") for (section, key), (name, *_) in _KEYS.items() if name not in values]
    if base is None:
        faults += [Fault(file=file, key=key, expected=say("a value"), action=say("Add the key.")) for key in missing]
    if faults:
        raise DisclosureError(say("The policy file '{file}' cannot be used.", file=file), faults)
    if base is None:
        return Policy(**values, source=file)
    return dataclasses.replace(base, **values, source=file)


def _fault(value: object, kind: type | tuple[str, ...], least: float = 0, most: float = 0) -> str | None:
    """Return what was expected when `value` is no word (or type) of `kind` between `least` and `most`, else None."""
    if isinstance(kind, tuple):
        return None if value in kind else say("one of {words}", words=", ".join(kind))
    if kind is bool:
        return None if isinstance(value, bool) else say("true or false")
    right = isinstance(value, int) if kind is int else isinstance(value, int | float)
    if not right or isinstance(value, bool) or not least <= float(value) <= most:  # type: ignore[arg-type]
        if kind is int:
            return say("a whole number from {least:g} to {most:g}", least=least, most=most)
        return say("a number from {least:g} to {most:g}", least=least, most=most)
    return None
