"""What may leave: the gate that turns results into releases.

- `policy`: the thresholds, as commented data (`default.toml`).
- `noise`: noise on the counts of the smallest cells; `intervals`: estimates made anew from published counts.
- `margins`: which cells add up to which; `complement`: what else must be hidden, as an optimisation.
- `releaselog`: what left before.
- `serialising`: releases as JSON and back.
- `gate`: all of these in order; the one place where a `Release` is made.
- `release`: `Release` and `ReleaseSet`, the only things that a report prints.
"""

from corrtest.disclosure.gate import release
from corrtest.disclosure.noise import noise_scale
from corrtest.disclosure.policy import Policy, default_policy, policy_for, read_policy
from corrtest.disclosure.release import REASONS, Release, ReleaseSet, Suppression
from corrtest.disclosure.releaselog import ReleaseLog
from corrtest.disclosure.serialising import read_releases, releases_from_json, releases_schema, releases_to_json

__all__ = [
    "REASONS",
    "Policy",
    "Release",
    "ReleaseLog",
    "ReleaseSet",
    "Suppression",
    "default_policy",
    "noise_scale",
    "policy_for",
    "read_policy",
    "read_releases",
    "release",
    "releases_from_json",
    "releases_schema",
    "releases_to_json",
]
