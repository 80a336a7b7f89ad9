"""Renders that are killed and resumed, and a disk that runs full."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corrtest.errors import GeneratorError
from corrtest.generator import render_pairs
from tests.generator.pairs import make_pairs

PAIRS = 40
FEWER = 16
FORMATS = ("html", "docx")
SCRIPT = (
    "import sys; from corrtest.generator import render_pairs; from tests.generator.pairs import make_pairs;"
    f"render_pairs(make_pairs({PAIRS}), sys.argv[1], seed=3, formats=('html', 'docx'), workers=1)"
)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def started(out: Path) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(out)], cwd=root, env={**os.environ, "PYTHONPATH": "."})


def made(out: Path) -> int:
    """Count the folders of applications; none where one that an earlier kill left half made is just being cleared."""
    try:
        return len(list(out.glob("P*/*")))
    except FileNotFoundError:
        return 0


@pytest.mark.slow
def test_a_render_killed_at_random_moments_and_resumed_gives_the_same_bytes(tmp_path: Path) -> None:
    render_pairs(make_pairs(PAIRS), tmp_path / "whole", seed=3, formats=FORMATS, workers=1)
    whole = hashes(tmp_path / "whole")
    out, rng, kills = tmp_path / "killed", random.Random(4), 0
    for wanted in sorted(rng.randrange(1, 2 * PAIRS) for _ in range(3)):
        process = started(out)
        # So many folders of applications from the start of all: a moment in the middle of the work, however fast it is.
        while process.poll() is None and made(out) < wanted:
            time.sleep(rng.uniform(0.001, 0.02))
        kills += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        # Every name stands for a whole file: what is half written has another name.
        for name, digest in hashes(out).items():
            if name.startswith("P") and not name.endswith(".part"):
                assert whole[name] == digest
    assert kills >= 2
    result = render_pairs(make_pairs(PAIRS), out, seed=3, formats=FORMATS, workers=1)
    assert result.kept > 0
    assert hashes(out) == whole


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The hashes of a render that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    render_pairs(make_pairs(FEWER), folder, seed=3, formats=FORMATS, workers=1)
    return hashes(folder)


@pytest.fixture
def small_disk(tmp_path: Path):
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small filesystem can only be mounted by root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_one_message_and_nothing_is_half_written(
    small_disk: Path, whole: dict[str, str], workers: int
) -> None:
    pairs, options = make_pairs(FEWER), {"seed": 3, "formats": FORMATS, "workers": workers}
    with pytest.raises(GeneratorError, match=r"cannot be written to .*: No space left on device\. Free some space"):
        render_pairs(pairs, small_disk / "out", **options)
    left = {name: digest for name, digest in hashes(small_disk / "out").items() if name.startswith("P")}
    assert left
    assert not [name for name in left if name.endswith(".part")]
    assert left.items() <= whole.items()
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    result = render_pairs(pairs, small_disk / "out", **options)
    assert result.failures == 0
    assert hashes(small_disk / "out") == whole
