"""Passwords. Only this module imports bcrypt."""

import base64
import hashlib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import bcrypt

from lambdo.base.settings import settings

MIN_LENGTH: Final = 8  # characters after NFC; NIST SP 800-63B-4 section 3.1.1.2
MAX_LENGTH: Final = 128


def normalize(password: str) -> str:
    """Return the password in NFC, so that all keyboards give the same text."""
    return unicodedata.normalize("NFC", password)


def is_common(password: str) -> bool:
    """Tell whether the password, regardless of case, is among the 3,000 most common ones of at least 8 characters."""
    return password.casefold() in _common()


def hash_password(password: str) -> str:
    """Return the bcrypt hash at the current cost."""
    return bcrypt.hashpw(_prehash(password), bcrypt.gensalt(settings.password_cost)).decode()


def verify(password: str, password_hash: str | None) -> bool:
    """Tell whether the password matches the hash; None, for an unknown account, takes as long and gives False."""
    if password_hash is None:
        salt = f"$2b${settings.password_cost:02}${'.' * 22}"
        bcrypt.hashpw(_prehash(password), salt.encode())
        return False
    return bcrypt.checkpw(_prehash(password), password_hash.encode())


def needs_rehash(password_hash: str) -> bool:
    """Tell whether the hash was made at a lower cost than the current one."""
    return int(password_hash.split("$")[2]) < settings.password_cost


def _prehash(password: str) -> bytes:
    """Return 44 bytes for any password: bcrypt refuses more than 72 and would stop at a NUL."""
    return base64.b64encode(hashlib.sha256(normalize(password).encode()).digest())


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines())
