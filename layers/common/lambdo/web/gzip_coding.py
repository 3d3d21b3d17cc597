"""The content coding gzip (RFC 9110 sections 8.4.1.3 and 12.5.3): who accepts it, and what it pays for."""

import zlib
from typing import Final

WORTH: Final = 1024  # bytes; what is no longer than this is sent as it is
_GZIP: Final = 31  # of zlib's `wbits`: gzip's header and trailer, the largest window


def is_accepted(accept_encoding: str) -> bool:
    """Tell whether an Accept-Encoding names gzip, or anything, and not with a weight of 0."""
    accepted: dict[str, bool] = {}
    for coding in accept_encoding.lower().replace(" ", "").split(","):
        name, _, weight = coding.partition(";q=")
        accepted[name] = weight.strip("0.") != "" or not weight
    return accepted.get("gzip", accepted.get("*", False))


def compress(content: bytes) -> bytes:
    """Return the content in gzip, always the same for the same content."""
    return zlib.compress(content, wbits=_GZIP)
