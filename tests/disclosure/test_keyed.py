"""Whose secret goes with which results, and that no fingerprint of a table leaves without a key."""

import dataclasses
import hashlib
import json

import pytest

from corrtest.analysis import analyse, read_pairs
from corrtest.disclosure import ReleaseLog, commitment, default_policy, fingerprint_of, release, releases_to_json
from corrtest.errors import DisclosureError
from tests.disclosure.sectors import sector_pairs, sector_results

POLICY = default_policy()


@pytest.fixture
def log(tmp_path):
    return ReleaseLog.open(tmp_path / "log")


@pytest.fixture
def real(tmp_path):
    """Results that protect somebody, of a table on disk."""
    sector_pairs(1, criteria=("age",)).to_csv(tmp_path / "pairs.csv", index=False)
    return analyse(read_pairs(tmp_path / "pairs.csv"), study={"sector": "construction", "wave": "baseline"})


def digest(tmp_path) -> str:
    return hashlib.sha256((tmp_path / "pairs.csv").read_bytes()).hexdigest()


def test_results_that_protect_somebody_leave_only_with_a_log(real, log):
    with pytest.raises(DisclosureError, match="release log of the study"):
        release(real, POLICY)
    assert release(real, POLICY, log)
    assert release(dataclasses.replace(real, simulated=True), POLICY)


def test_results_of_one_secret_are_refused_with_another(real, log, tmp_path):
    marked = dataclasses.replace(real, commitment=log.commitment)
    assert release(marked, POLICY, log)
    with pytest.raises(DisclosureError, match="another secret"):
        release(marked, POLICY, ReleaseLog.open(tmp_path / "other"))
    assert type(marked).from_json(marked.to_json()) == marked


def test_the_commitment_tells_nothing_of_the_secret(log):
    assert log.commitment == commitment(log.secret) != commitment(b"another")
    assert log.commitment not in log.secret.hex()


def test_a_tables_fingerprint_leaves_keyed_and_who_has_the_secret_can_make_it_again(real, log, tmp_path):
    text = releases_to_json(release(real, POLICY, log))
    plain = digest(tmp_path)
    assert plain == real.inputs["pairs"]["sha256"]
    assert plain[:8] not in text
    expected = fingerprint_of(log.secret, plain)
    assert json.loads(text)["inputs"]["pairs"] == {"file": "pairs.csv", "hmac_sha256": expected, "rows": 200}


def test_no_fingerprint_of_a_table_tells_whether_one_reaction_was_guessed_right(tmp_path, log):
    """Whoever knows all but one reaction tries each value of the last: no hash of his table stands in what leaves."""
    table = sector_pairs(1, criteria=("age",))
    table.to_csv(tmp_path / "pairs.csv", index=False)
    made = analyse(read_pairs(tmp_path / "pairs.csv"), study={"sector": "construction", "wave": "baseline"})
    text = releases_to_json(release(made, POLICY, log))
    for guess in ("invitation", "other_positive", "request", "negative", "none"):
        table.loc[0, "treated_reaction"] = guess
        table.to_csv(tmp_path / "guess.csv", index=False)
        for name in ("sha256", "sha1", "md5", "blake2b"):
            tried = hashlib.new(name, (tmp_path / "guess.csv").read_bytes()).hexdigest()
            assert tried[:8] not in text
            assert hashlib.new(name, tried.encode()).hexdigest()[:8] not in text


def test_simulated_results_are_the_same_everywhere():
    """Ten copies in ten places: nobody is behind them, and nothing depends on the place."""
    made = sector_results(1)
    first = releases_to_json(release(made, POLICY))
    assert all(releases_to_json(release(type(made).from_json(made.to_json()), POLICY)) == first for _ in range(2))
