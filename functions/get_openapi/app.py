"""GET /openapi.json - get the description of the API (OpenAPI 3.1), which /docs shows.

This document. Not available where the documentation is switched off.
"""

from pathlib import Path
from typing import Final

from lambdo.base.problems import PageNotFound
from lambdo.base.settings import settings
from lambdo.web import static_files
from lambdo.web.endpoint import Request, Response, endpoint

DESCRIPTION: Final = static_files.read(Path(__file__).with_name("openapi.json"))


@endpoint(public=True, uses_aws=False, returns=static_files.StaticFile, problems=(PageNotFound,))
def handler(request: Request) -> Response:
    """Return 200 and the document, or 304; 404 if the documentation is switched off."""
    if not settings.docs:
        raise PageNotFound
    return static_files.respond_with_file(request, DESCRIPTION, static_files.REVALIDATED)
