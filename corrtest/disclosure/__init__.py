"""What may leave: the gate that turns results into releases.

- `policy`: the thresholds, as commented data (`default.toml`); `rules`: what a cell must satisfy by itself.
- `noise`: the noise of one table; `layers`: how the protection is spent over tables that add up; `whole`: whole counts
  again; `noised`: all of these, for every group; `rounding`: counts without noise, rounded.
- `intervals`: estimates made anew from published counts.
- `atoms`: the pairs of all cells, now and before, split by the cells they stand in; `computable`: the sets of pairs
  that follow from shown cells; `tables`: what all tables that agree with the counts have in common; `complement`: what
  else must be hidden, as an optimisation (`programme`); `margins`: which cells add up to which.
- `cells`: what is hidden or shown together; `merging`: small committees shown together; `odd`: odd reactions left out.
- `keyed`: whose secret goes with which results, and fingerprints that nobody without it can use.
- `account`: what releases have spent of each pair's protection.
- `releaselog`: what left before; `publishing`: files and log, both or neither.
- `concentration`: how unequal treatment is spread over employers, coarsely.
- `fieldwork`: what became of the planned tests, without a reaction.
- `side_by_side`: many sectors, some of which keep their results to themselves; `withholding`: which figures over them
  may leave then; `sector_policy`: the thresholds of that (`sectors.toml`); `overview_log`: what left of it before.
- `serialising`: releases as JSON and back.
- `gate`: all of these in order; the one place where a `Release` is made.
- `questionnaires`: the gate of surveys and risk analyses.
- `release`: `Release` and `ReleaseSet`, the only things that a report prints.
"""

from corrtest.disclosure.account import Account, spent
from corrtest.disclosure.gate import release
from corrtest.disclosure.keyed import commitment, fingerprint_of
from corrtest.disclosure.noised import noise_covariances
from corrtest.disclosure.overview_log import OverviewLog
from corrtest.disclosure.policy import (
    COALITION,
    Override,
    Policy,
    default_policy,
    default_policy_text,
    names_no_one,
    policy_for,
    protects_nobody,
    read_policy,
)
from corrtest.disclosure.publishing import Publication, publication
from corrtest.disclosure.questionnaires import (
    QuestionnaireRelease,
    is_questionnaire_release,
    questionnaire_to_json,
    read_questionnaire_release,
    release_questionnaire,
)
from corrtest.disclosure.release import REASONS, Arm, Noise, OddCheck, Release, ReleaseSet, Suppression
from corrtest.disclosure.releaselog import ReleaseLog
from corrtest.disclosure.serialising import (
    is_releases,
    read_releases,
    releases_from_json,
    releases_schema,
    releases_to_json,
)
from corrtest.disclosure.side_by_side import Comparable, SideBySide, Together, side_by_side

__all__ = [
    "COALITION",
    "REASONS",
    "Account",
    "Arm",
    "Comparable",
    "Noise",
    "OddCheck",
    "Override",
    "OverviewLog",
    "Policy",
    "Publication",
    "QuestionnaireRelease",
    "Release",
    "ReleaseLog",
    "ReleaseSet",
    "SideBySide",
    "Suppression",
    "Together",
    "commitment",
    "default_policy",
    "default_policy_text",
    "fingerprint_of",
    "is_questionnaire_release",
    "is_releases",
    "names_no_one",
    "noise_covariances",
    "policy_for",
    "protects_nobody",
    "publication",
    "questionnaire_to_json",
    "read_policy",
    "read_questionnaire_release",
    "read_releases",
    "release",
    "release_questionnaire",
    "releases_from_json",
    "releases_schema",
    "releases_to_json",
    "side_by_side",
    "spent",
]
