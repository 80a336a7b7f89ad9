"""Files for their owner alone, and keys: made so whatever the umask, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from corrtest.errors import StudyError
from corrtest.spec import close_to_others, keyed, make_key, open_to_others, read_key, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_what_is_written_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "names.csv"
    write_private(path, b"one")
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    path.chmod(0o644)
    write_private(path, b"two")
    assert (path.read_bytes(), mode(path)) == (b"two", 0o600)
    assert [each.name for each in path.parent.iterdir()] == ["names.csv"]
    assert open_to_others(tmp_path / "a") is False


def test_a_library_writes_into_what_was_closed_first(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("x", encoding="utf-8")
    assert open_to_others(path)
    close_to_others(path).write_text("longer", encoding="utf-8")
    assert mode(path) == 0o600
    assert path.read_text(encoding="utf-8") == "longer"


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_private(tmp_path / "folder", b"content")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_a_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "secret" / "pairs.key"
    key = make_key(path)
    assert make_key(path) == key == read_key(path, what="", action="")
    assert make_key(tmp_path / "other.key") != key
    assert make_key(tmp_path / "simulated.key", b"s" * 32) == b"s" * 32
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    with pytest.raises(StudyError, match=r"Letters: the key .*none\.key is not there\. Look\."):
        read_key(tmp_path / "none.key", what="Letters", action="Look.")


@pytest.mark.parametrize("content", ["", "no digits", "ab" * 31, "é"])
def test_what_is_no_key(tmp_path: Path, content: str) -> None:
    path = tmp_path / "pairs.key"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StudyError, match="is no key of a study"):
        read_key(path, what="", action="")


def test_words_do_not_run_into_each_other() -> None:
    key = b"k" * 32
    assert keyed(key, "a", "b") != keyed(key, "ab")
    assert keyed(key, "a") != keyed(b"l" * 32, "a")
    # HMAC-SHA256 by its definition (RFC 2104), of the word's length and the word.
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key.ljust(64, b"\0")) + (1).to_bytes(8, "big") + b"a").digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in key.ljust(64, b"\0")) + inner).hexdigest()
    assert keyed(key, "a") == outer


def test_a_link_in_the_way_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    for name in ("file", ".file.part"):
        (tmp_path / name).symlink_to(victim)
    write_private(tmp_path / "file", b"secret")
    assert victim.read_bytes() == b"mine"
    assert (tmp_path / "file").read_bytes() == b"secret"
    assert not (tmp_path / "file").is_symlink()
