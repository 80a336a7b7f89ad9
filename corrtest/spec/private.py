"""Files that only their owner may read, and the keys of a study: the one place that makes them.

A key is 32 random bytes, written as hexadecimal digits in a file of the study's `secret/` folder. Each purpose has a
key of its own, so that whoever is given one (a professor who makes the documents again) gets no other.
"""

from __future__ import annotations

import hmac
import os
import secrets
from contextlib import suppress
from itertools import takewhile
from pathlib import Path

from corrtest.errors import StudyError
from corrtest.language import say

__all__ = [
    "KEY_BYTES",
    "close_to_others",
    "keyed",
    "make_folders",
    "make_key",
    "make_private",
    "open_to_others",
    "read_key",
    "write_private",
]

KEY_BYTES = 32
_FOLDER, _FILE, _OTHERS = 0o700, 0o600, 0o077


def make_private(folder: Path) -> Path:
    """Make `folder` where it is absent, and see that only its owner may enter it or what was made above it."""
    try:
        make_folders(folder)
        if folder.stat().st_mode & _OTHERS:
            folder.chmod(_FOLDER)
    except OSError as error:
        raise StudyError(
            say(
                "The folder {folder} for keys and secrets cannot be made: {strerror}.",
                folder=folder,
                strerror=error.strerror,
            )
        ) from None
    return folder


def make_folders(folder: Path) -> None:
    """Make `folder` and what is absent above it, for their owner alone; those that exist stay as open as they are."""
    for missing in reversed([*takewhile(lambda path: not path.exists(), (folder, *folder.parents))]):
        missing.mkdir(mode=_FOLDER, exist_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone; folders that are absent are made so too.

    Raises
    ------
    OSError
        As the system has it: who writes knows what to advise.
    """
    make_folders(path.parent)
    half = path.with_name(f".{path.name}.part")
    half.unlink(missing_ok=True)  # what a kill left; and no link is followed that somebody put there
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE), "wb") as stream:
            stream.write(content)
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def close_to_others(path: Path) -> Path:
    """Make the file where it is absent, empty, and close it to others; for what a library writes by its name."""
    make_folders(path.parent)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, _FILE))
    if path.stat().st_mode & _OTHERS:
        path.chmod(_FILE)
    return path


def open_to_others(path: Path) -> bool:
    """Say whether another user of this machine may read, write or enter `path`."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)


def make_key(path: Path, content: bytes | None = None) -> bytes:
    """Return the key in `path`, made by chance where there is none; `content` replaces chance where nothing is secret.

    Raises
    ------
    StudyError
        Where the file cannot be made, or is no key.
    """
    if not path.exists():
        made = content or secrets.token_bytes(KEY_BYTES)
        make_private(path.parent)
        own = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE), "w", encoding="ascii") as stream:
                stream.write(made.hex() + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            with suppress(FileExistsError):  # another process was first: its key counts, and it is whole
                os.link(own, path)
        except OSError as error:
            raise StudyError(
                say("The key {path} cannot be written: {strerror}.", path=path, strerror=error.strerror)
            ) from None
        finally:
            own.unlink(missing_ok=True)
    return _key_in(path)


def read_key(path: Path, *, what: str, action: str) -> bytes:
    """Return the key in `path`.

    Parameters
    ----------
    what, action : str
        What needs it, and what to do where it is not there; both are said then.

    Raises
    ------
    StudyError
        Where there is no such file, or it is no key.
    """
    if not path.exists():
        raise StudyError(say("{what}: the key {path} is not there. {action}", what=what, path=path, action=action))
    return _key_in(path)


def _key_in(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise StudyError(
            say("The key {path} cannot be read: {strerror}.", path=path, strerror=error.strerror)
        ) from None
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StudyError(say("{path} is no key of a study. Restore it from the backup.", path=path))
    return key


def keyed(key: bytes, *parts: str) -> str:
    """Return the HMAC-SHA256 of a path of words, in hexadecimal digits: ("a", "b") and ("ab",) differ."""
    message = b"".join(len(part.encode()).to_bytes(8, "big") + part.encode() for part in parts)
    return hmac.digest(key, message, "sha256").hex()
