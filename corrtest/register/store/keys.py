"""Keys and what is done with them: tokens and pseudonyms (HMAC-SHA256), sealed identities (AES-256-GCM).

The key file lies outside the register. Who has the register alone sees no employer: an enterprise number has ten digits
and could be guessed from a plain hash, not from a keyed one. Erasing a study throws its key away, so that what a backup
still holds can no longer be read either.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.spec import make_key, read_key, secret_folder_of

FORMAT = "corrtest/register-key/1"
NONCE_BYTES = 12
PSEUDONYM_DIGITS = 20


def usual_key_path(register: Path | None) -> Path:
    """Return where a register's key file lies unless another place is named: the secrets of its study, not beside it.

    `register` is None for a register on a server: the study folder that we are in then says where.
    """
    return secret_folder_of(register or "register") / f"{register.stem if register else 'register'}.key"


def pairs_key_path(key_file: Path) -> Path:
    """Return where the key of the exported pairs table lies: beside the register's key file, and apart from it.

    Erasing identities leaves it as it is, so that a later export has the same keys.
    """
    return key_file.with_suffix(".pairs.key")


def make_pairs_key(key_file: Path, secret: bytes | None) -> Path:
    """Make the key of the exported pairs table; `secret` as in `Keys.create`."""
    path = pairs_key_path(key_file)
    make_key(path, None if secret is None else hmac.digest(secret, b"corrtest pairs", "sha256"))
    return path


def read_pairs_key(path: Path) -> bytes:
    """Return the key of the exported pairs table."""
    return read_key(
        path,
        what=say("The pairs table has keys of its own"),
        action=say(
            "Put it back from the backup of the study's secrets: with another key, later tables could not be held "
            "against earlier ones."
        ),
    )


class Keys:
    """The secrets of one register: one for the register as a whole, one for each study in it."""

    def __init__(self, path: Path, register: bytes, studies: Mapping[str, bytes]) -> None:
        self.path = path
        self._register = register
        self._studies = dict(studies)
        self._derived: dict[tuple[str | None, str], bytes] = {}

    @classmethod
    def create(cls, path: Path, secret: bytes | None = None) -> Keys:
        """Make a new key file; `secret` replaces chance where there is nobody to protect (a simulated study)."""
        if path.exists():
            raise RegisterError(
                say("The key file {path} exists already. Keep it apart, or choose another name.", path=path)
            )
        keys = cls(path, secret or secrets.token_bytes(32), {})
        keys._save()
        return keys

    @classmethod
    def read(cls, path: Path) -> Keys:
        """Read a key file."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ValueError(content["format"])
            studies = {name: base64.b64decode(key) for name, key in content["studies"].items()}
            return cls(path, base64.b64decode(content["register"]), studies)
        except FileNotFoundError:
            raise RegisterError(
                say(
                    "The key file {path} is not there. Employers cannot be read or recognised without it: put it back.",
                    path=path,
                )
            ) from None
        except OSError as error:
            raise RegisterError(
                say("The key file {path} cannot be read: {strerror}.", path=path, strerror=error.strerror)
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise RegisterError(
                say("{path} is not a key file of a register (format {format}).", path=path, format=FORMAT)
            ) from None

    def add_study(self, name: str, secret: bytes | None = None) -> None:
        """Make a key for a study that has none yet; `secret` as in `create`."""
        if name not in self._studies:
            self._studies[name] = secret or secrets.token_bytes(32)
            self._save()

    def forget_study(self, name: str) -> None:
        """Throw the key of a study away: nothing sealed with it can be opened again."""
        self._studies.pop(name, None)
        self._derived = {place: key for place, key in self._derived.items() if place[0] != name}
        self._save()

    def knows_study(self, name: str) -> bool:
        """Say whether the key of this study is here."""
        return name in self._studies

    def token(self, kind: str, value: str) -> str:
        """Return the register-wide token of an identity: the same employer gets the same one in every study."""
        return self._mac(None, kind, value)

    def pseudonym(self, study: str, employer_id: str) -> str:
        """Return what analysis sees in place of the employer: another one in every study."""
        return "E" + self._mac(study, "pseudonym", employer_id)[:PSEUDONYM_DIGITS]

    def seal(self, study: str, content: str | bytes, place: str) -> bytes:
        """Encrypt `content` for `place` (which must be given again to open it)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = content.encode() if isinstance(content, str) else content
        return nonce + AESGCM(self._key(study, "seal")).encrypt(nonce, plain, place.encode())

    def vacancy(self, study: str, sealed: bytes | None, vacancy_ref: int) -> dict[str, Any]:
        """Return what is sealed about a vacancy: number, employer, where to apply; nothing once it is erased."""
        if sealed is None:
            return {}
        opened: dict[str, Any] = json.loads(self.open(study, sealed, f"vacancy {vacancy_ref}"))
        return opened

    def open(self, study: str, sealed: bytes, place: str) -> str:
        """Decrypt a text that `seal` encrypted for the same place."""
        return self.open_bytes(study, sealed, place).decode()

    def open_bytes(self, study: str, sealed: bytes, place: str) -> bytes:
        """Decrypt what `seal` encrypted for the same place."""
        try:
            return AESGCM(self._key(study, "seal")).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise RegisterError(
                say("An identity cannot be opened: the key file belongs to another register, or the entry was altered.")
            ) from None

    def _mac(self, study: str | None, kind: str, value: str) -> str:
        return hmac.digest(self._key(study, kind), value.encode(), "sha256").hex()

    def _key(self, study: str | None, purpose: str) -> bytes:
        place = (study, purpose)
        if place not in self._derived:
            if study is not None and study not in self._studies:
                raise RegisterError(
                    say(
                        "The key file {path} has no key for the study '{study}' (erased?).", path=self.path, study=study
                    )
                )
            root = self._register if study is None else self._studies[study]
            info = f"corrtest {purpose}".encode()
            self._derived[place] = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(root)
        return self._derived[place]

    def _save(self) -> None:
        content = {
            "format": FORMAT,
            "register": base64.b64encode(self._register).decode(),
            "studies": {name: base64.b64encode(key).decode() for name, key in sorted(self._studies.items())},
        }
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as stream:
                json.dump(content, stream, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(self.path)
        except OSError as error:
            raise RegisterError(
                say("The key file {path} cannot be written: {strerror}.", path=self.path, strerror=error.strerror)
            ) from None
