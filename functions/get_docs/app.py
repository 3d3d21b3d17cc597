"""GET /docs, GET /docs/{file} - show the documentation of the API: Swagger UI, and a page on errors.

Swagger UI: read about every operation and try it. Not available where the documentation is switched off.

The files of the page, and `errors`, which explains each error code.
"""

from pathlib import Path
from typing import Final

import aws_lambda_powertools

from lambdo.base.problems import PageNotFound
from lambdo.base.settings import settings
from lambdo.web import static_files
from lambdo.web.endpoint import Request, Response, endpoint

# The copy in Powertools, whose event handler is kept only for these files (layers/dependencies/trim.py).
SWAGGER_UI: Final = Path(aws_lambda_powertools.__file__).parent / "event_handler" / "openapi" / "swagger_ui"
ASSETS: Final = static_files.read_folder(Path(__file__).with_name("static")) | {
    name: static_files.read(SWAGGER_UI / name) for name in ("swagger-ui-bundle.min.js", "swagger-ui.min.css")
}
PAGES: Final = {"": ASSETS.pop("index.html"), "errors": ASSETS.pop("errors.html")}
VERSION: Final = static_files.compute_version(ASSETS)
FILES: Final = ASSETS | {name: static_files.insert_version(page, VERSION) for name, page in PAGES.items()}
# The page that the `type` of a problem links to is also served where the documentation is switched off.
ERRORS: Final = {"errors": static_files.remove_part(FILES["errors"], "docs"), "page.css": FILES["page.css"]}


@endpoint(public=True, uses_aws=False, returns=static_files.StaticFile, problems=(PageNotFound,))
def handler(request: Request) -> Response:
    """Return 200 and a page or a file, or 304. A file that is requested by its version can be cached forever."""
    name, files = request.parameters.get("file", ""), FILES if settings.docs else ERRORS
    if name not in files:
        raise PageNotFound
    kept = static_files.FOREVER if request.query_string == VERSION else static_files.REVALIDATED
    return static_files.respond_with_file(request, files[name], kept)
