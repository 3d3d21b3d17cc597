"""The content coding gzip (RFC 9110 sections 8.4.1.3 and 12.5.3): which clients accept it, and when it is worth it."""

import zlib
from typing import Final

WORTH: Final = 1024  # bytes; content up to this size is sent uncompressed
_GZIP: Final = 31  # zlib's `wbits` for gzip's header and trailer and the largest window


def is_accepted(accept_encoding: str) -> bool:
    """Tell whether an Accept-Encoding header names gzip, or any coding (`*`), with a weight other than 0."""
    accepted: dict[str, bool] = {}
    for coding in accept_encoding.lower().replace(" ", "").split(","):
        name, _, weight = coding.partition(";q=")
        accepted[name] = weight.strip("0.") != "" or not weight
    return accepted.get("gzip", accepted.get("*", False))


def compress(content: bytes) -> bytes:
    """Return the gzipped content; equal content gives equal bytes."""
    return zlib.compress(content, wbits=_GZIP)
