"""base64url without padding (RFC 4648 section 5, RFC 7515 section 2), canonical spelling only."""

import base64
import binascii


def encode(raw: bytes) -> str:
    """Return the bytes as text."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes; raises ValueError for padding, characters outside the alphabet and stray trailing bits."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if encode(raw) != text:
        raise ValueError("not canonical base64url")
    return raw
