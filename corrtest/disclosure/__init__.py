"""What may leave: the gate that turns results into releases.

- `policy`: the thresholds, as commented data (`default.toml`).
- `margins`: which cells add up to which.
- `gate`: primary and complementary suppression; the one place where a `Release` is made.
- `release`: `Release` and `ReleaseSet`, the only things that a report prints.
"""

from corrtest.disclosure.gate import release
from corrtest.disclosure.policy import Policy, default_policy, policy_for, read_policy
from corrtest.disclosure.release import REASONS, Release, ReleaseSet, Suppression

__all__ = [
    "REASONS",
    "Policy",
    "Release",
    "ReleaseSet",
    "Suppression",
    "default_policy",
    "policy_for",
    "read_policy",
    "release",
]
