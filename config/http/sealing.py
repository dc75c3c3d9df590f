"""Secrets at rest: encrypted under keys made from ``SECRET_KEY``, one per purpose.

A stolen copy of the database alone opens none of them; former keys still open what they sealed
(``SECRET_KEY_FALLBACKS``, docs/operations.md).
"""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def sealed(text: str, *, purpose: bytes) -> str:
    """Return a secret as it may be stored."""
    return _box(purpose).encrypt(text.encode()).decode()


def unsealed(text: str, *, purpose: bytes) -> str:
    """Return what was sealed for this purpose.

    :raises InvalidToken: if it was sealed under no key that is known, or for another purpose.
    """
    return _box(purpose).decrypt(text.encode()).decode()


def _box(purpose: bytes) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(key, purpose)) for key in keys])


def _key(secret: str, purpose: bytes) -> bytes:
    derive = HKDF(SHA256(), 32, salt=None, info=purpose)
    return base64.urlsafe_b64encode(derive.derive(secret.encode()))
