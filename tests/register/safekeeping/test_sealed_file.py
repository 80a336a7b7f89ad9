"""The sealed file opens for its passphrase alone, whole or not at all."""

from __future__ import annotations

import io

import pytest

from corrtest.errors import RegisterError
from corrtest.register.safekeeping import sealed_file
from corrtest.register.safekeeping.sealed_file import CHUNK, SealedReader, SealedWriter, sealing

WORDS = "paard batterij nietje correct"
HEAD = len(sealed_file.FORMAT) + 17


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file.SealedWriter.__init__, "__defaults__", (4,))


def _sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    with sealing(out, WORDS) as stream:
        for place in range(0, len(content), 10_007):
            stream.write(content[place : place + 10_007])
    return out.getvalue()


def _opened(sealed: bytes, words: str = WORDS) -> bytes:
    return SealedReader(io.BytesIO(sealed), words, "backup").read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_what_goes_in_comes_out(size: int) -> None:
    content = bytes(place % 251 for place in range(size))
    sealed = _sealed(content)
    assert _opened(sealed) == content
    assert content[:64] not in sealed or size < 8


def test_two_files_of_one_content_have_nothing_in_common() -> None:
    first, second = _sealed(b"x" * 100), _sealed(b"x" * 100)
    assert first[HEAD:] != second[HEAD:]


def test_another_passphrase_opens_nothing() -> None:
    with pytest.raises(RegisterError, match="the passphrase is another one"):
        _opened(_sealed(b"secret"), WORDS + " ")


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(RegisterError, match="shorter than 12"):
        SealedWriter(io.BytesIO(), "short")


def test_every_byte_counts() -> None:
    sealed = _sealed(b"y" * 40)
    for place in range(len(sealed_file.FORMAT), len(sealed)):
        if place == HEAD - 1:
            continue  # the cost of the key: another cost is another key, and may take long
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(RegisterError):
            _opened(bytes(broken))


def test_chunks_cannot_be_dropped_moved_or_cut_off() -> None:
    content = bytes(4 * CHUNK)
    sealed = _sealed(content)
    chunks = [sealed[HEAD + n * (CHUNK + 16) : HEAD + (n + 1) * (CHUNK + 16)] for n in range(4)]
    for kept in ([0, 1, 2], [0, 1, 3], [1, 0, 2, 3], [0, 1, 2, 3, 3], [0, 0, 1, 2, 3], []):
        with pytest.raises(RegisterError):
            _opened(sealed[:HEAD] + b"".join(chunks[n] for n in kept))
    with pytest.raises(RegisterError, match="cut off"):
        _opened(sealed[:-1])


def test_no_cost_that_fills_the_memory_is_tried() -> None:
    sealed = bytearray(_sealed(b"z"))
    sealed[HEAD - 1] = 40
    with pytest.raises(RegisterError, match="no backup"):
        _opened(bytes(sealed))
