"""One encrypted file of any length: what a passphrase seals, chunk by chunk, and what nobody can shorten or reorder.

The file is a line that names the format, the salt and the cost of the passphrase's key (scrypt: Percival and Josefsson
2016, RFC 7914), and chunks sealed with ChaCha20-Poly1305 in the STREAM construction (Hoang, Reyhanitabar, Rogaway and
Vizár 2015), as the program `age` has them: the nonce of a chunk holds its number and whether it is the last one, so a
chunk that was left out, moved or added, or an end that was cut off, does not open.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from corrtest.errors import RegisterError
from corrtest.language import say

FORMAT = b"corrtest/sealed/1\n"
CHUNK = 64 * 1024
LEAST_PASSPHRASE = 12
# 128 × 8 × 2¹⁷ bytes: a guess costs 128 MB of memory and about half a second.
_COST, _MOST_COST = 17, 20
_SALT, _TAG = 16, 16


class SealedWriter:
    """A stream that can be written: what goes in is sealed; `finish` seals the last chunk, and nothing else ends it."""

    def __init__(self, out: BinaryIO, passphrase: str, cost: int = _COST) -> None:
        if len(passphrase) < LEAST_PASSPHRASE:
            raise RegisterError(
                say(
                    "The passphrase is shorter than {least} characters. Take several words that do not belong "
                    "together.",
                    least=LEAST_PASSPHRASE,
                )
            )
        salt = secrets.token_bytes(_SALT)
        out.write(FORMAT + salt + bytes([cost]))
        self._out, self._cipher = out, _cipher(passphrase, salt, cost)
        self._waiting, self._number = bytearray(), 0

    def write(self, content: bytes) -> int:
        """Take in `content`; return its length."""
        self._waiting += content
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Seal what is left as the last chunk."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, content: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), content, None))
        self._number += 1


class SealedReader:
    """A stream that can be read: what `SealedWriter` wrote, each chunk proved before a byte of it is given out."""

    def __init__(self, source: BinaryIO, passphrase: str, name: str) -> None:
        head = source.read(len(FORMAT) + _SALT + 1)
        salt, cost = head[len(FORMAT) : -1], head[-1] if head else 0
        if not head.startswith(FORMAT) or len(salt) != _SALT or not 1 <= cost <= _MOST_COST:
            raise RegisterError(say("{name} is no backup of a study folder.", name=name))
        self._source, self._name, self._cipher = source, name, _cipher(passphrase, salt, cost)
        self._next = source.read(CHUNK + _TAG)
        self._number, self._open, self._ended = 0, b"", False

    def read(self, size: int = -1) -> bytes:
        """Return the next `size` bytes, fewer at the end.

        Raises
        ------
        RegisterError
            The passphrase is another one, or the file was altered or cut off.
        """
        while not self._ended and (size < 0 or len(self._open) < size):
            self._open += self._chunk()
        given, self._open = (self._open, b"") if size < 0 else (self._open[:size], self._open[size:])
        return given

    def _chunk(self) -> bytes:
        sealed, self._next = self._next, self._source.read(CHUNK + _TAG)
        self._ended = not self._next
        try:
            content = self._cipher.decrypt(_nonce(self._number, last=self._ended), sealed, None)
        except InvalidTag:
            raise RegisterError(
                say(
                    "{name} cannot be opened: the passphrase is another one, or the file is damaged or cut off.",
                    name=self._name,
                )
                if self._number == 0
                else say("{name} is damaged or cut off. Take another copy of the backup.", name=self._name)
            ) from None
        self._number += 1
        return content


@contextmanager
def sealing(out: BinaryIO, passphrase: str) -> Iterator[SealedWriter]:
    """Give a stream that seals what is written to it; it is whole only when the block ends without an error."""
    writer = SealedWriter(out, passphrase)
    yield writer
    writer.finish()


def _cipher(passphrase: str, salt: bytes, cost: int) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(Scrypt(salt=salt, length=32, n=2**cost, r=8, p=1).derive(passphrase.encode()))


def _nonce(number: int, *, last: bool) -> bytes:
    """Return a chunk's 12 bytes: 11 of its number, 1 that says whether it is the last. Each file has its own key."""
    return number.to_bytes(11, "big") + bytes([last])
