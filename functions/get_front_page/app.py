"""GET / - show the front page, which links to what this deployment serves."""

import base64
import hashlib
import re
from functools import cache, reduce
from pathlib import Path
from typing import Final

from lambdo.base.settings import settings
from lambdo.web import static_files
from lambdo.web.endpoint import Request, Response, endpoint
from lambdo.web.static_files import StaticFile

PAGE: Final = static_files.read(Path(__file__).with_name("index.html"))
STYLE: Final = re.split(b"</?style>", PAGE.content)[1]  # within the page, to save a second request
HASH: Final = base64.b64encode(hashlib.sha256(STYLE).digest()).decode()
POLICY: Final = static_files.POLICY.replace("style-src 'self'", f"style-src 'sha256-{HASH}'")


@endpoint(public=True, uses_aws=False, returns=StaticFile)
def handler(request: Request) -> Response:
    """Return 200 and the page, or 304."""
    page = _page(app=settings.app, docs=settings.docs)
    return static_files.respond_with_file(request, page, static_files.REVALIDATED, POLICY)


@cache
def _page(**served: bool) -> StaticFile:
    """Return the page without the links to what is not served."""
    return reduce(static_files.remove_part, [name for name, on in served.items() if not on], PAGE)
