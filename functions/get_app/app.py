"""GET /app, GET /app/{path+} - the web app: its page at each of its addresses, and the files that the page names.

The page finds its own way from the address. It names its files below a version, so that they may be kept forever.
"""

from pathlib import Path
from typing import Final

from lambdo.base.problems import PageNotFound
from lambdo.base.settings import settings
from lambdo.web import static_files
from lambdo.web.endpoint import Request, Response, endpoint

from . import bundles

SOURCES: Final = static_files.read_folder(Path(__file__).with_name("static"))
UNVERSIONED: Final = SOURCES.pop("index.html")
FILES: Final = SOURCES | {
    "main.css": bundles.style(SOURCES, "main.css"),
    "main.js": bundles.script(SOURCES, "main.js"),
}
VERSION: Final = static_files.version_of(FILES)
PAGE: Final = static_files.versioned(UNVERSIONED, VERSION)
# Trusted Types: the browser itself refuses to make markup of a text, so a title such as <img onerror=...> stays one.
POLICY: Final = f"{static_files.POLICY}; require-trusted-types-for 'script'; trusted-types 'none'"


@endpoint(public=True, uses_aws=False)
def handler(request: Request) -> Response:
    """Answer 200 with a file or the page, or 304; a name with a dot that is no file of this version is 404."""
    if not settings.app:
        raise PageNotFound
    path = request.parameters.get("path", "")
    version, _, name = path.partition("/")
    if version == VERSION and name in FILES:
        return static_files.answer(request, FILES[name], static_files.FOREVER)
    if "." in path:
        raise PageNotFound
    return static_files.answer(request, PAGE, static_files.REVALIDATED, POLICY)
