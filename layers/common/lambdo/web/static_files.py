"""Files that lie beside a function, as its endpoint answers them: media type, entity tag, gzip, how long they may be kept.

They are read at init, so that no path of a request ever reaches the file system.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from lambdo.web import gzip_coding
from lambdo.web.endpoint import Request, Response

FOREVER: Final = "public, max-age=31536000, immutable"  # for an address that changes with the content
REVALIDATED: Final = "no-cache"

# Nothing but files of the API's own origin; no script or style within a page, no form that is sent without a script.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
COMPRESSED_ALREADY: Final = {"image/png"}


class StaticFile(NamedTuple):
    """A file's content and what is told of it. Its entity tag is sent as a weak one: packed and unpacked share it."""

    content: bytes
    media_type: str
    etag: str


def make_file(content: bytes, media_type: str) -> StaticFile:
    """Return the file of this content."""
    return StaticFile(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def read(path: Path) -> StaticFile:
    """Return the file at the path; raises KeyError for a suffix without a media type."""
    return make_file(path.read_bytes(), MEDIA_TYPES[path.suffix])


def read_folder(folder: Path) -> dict[str, StaticFile]:
    """Return all files below the folder by their paths in it."""
    return {path.relative_to(folder).as_posix(): read(path) for path in folder.rglob("*") if path.is_file()}


def compute_version(files: Mapping[str, StaticFile]) -> str:
    """Return 12 hex digits that change with any name or content."""
    listed = "".join(f"{name} {file.etag}\n" for name, file in sorted(files.items()))
    return hashlib.sha256(listed.encode()).hexdigest()[:12]


def insert_version(page: StaticFile, version: str) -> StaticFile:
    """Return the page with the version at each `{version}` in it."""
    return make_file(page.content.replace(b"{version}", version.encode()), page.media_type)


def remove_part(page: StaticFile, part: str) -> StaticFile:
    """Return the page without what stands in it between `<!--part-->` and `<!--/part-->`."""
    pattern = f"<!--{part}-->.*?<!--/{part}-->".encode()
    return make_file(re.sub(pattern, b"", page.content, flags=re.DOTALL), page.media_type)


def respond_with_file(request: Request, file: StaticFile, cache_control: str, policy: str = POLICY) -> Response:
    """Answer 200 with the file."""
    headers = {
        "cache-control": cache_control,
        "content-security-policy": policy,
        "content-type": file.media_type,
        "cross-origin-opener-policy": "same-origin",
        "etag": f"W/{file.etag}",
        "referrer-policy": "no-referrer",
        "vary": "accept-encoding",
    }
    if file.media_type in COMPRESSED_ALREADY or not gzip_coding.is_accepted(request.headers.get("accept-encoding", "")):
        return Response(200, file.content, headers)
    return Response(200, _compress(file.content), {**headers, "content-encoding": "gzip"})


_compress: Final = cache(gzip_coding.compress)
