"""GET /app, GET /app/{path+} - show the web app: its page, at each of its URLs, and its files.

The web app. Not available where it is switched off.

The files of the app. A path without a dot is one of its pages.
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
    "main.css": bundles.join_styles(SOURCES, "main.css"),
    "main.js": bundles.join_scripts(SOURCES, "main.js"),
}
VERSION: Final = static_files.compute_version(FILES)  # in the paths of the files, so that they can be cached forever
PAGE: Final = static_files.insert_version(UNVERSIONED, VERSION)
# Trusted Types: the browser refuses to turn text into markup, so a title such as <img onerror=...> stays text.
POLICY: Final = f"{static_files.POLICY}; require-trusted-types-for 'script'; trusted-types 'none'"


@endpoint(public=True, uses_aws=False, returns=static_files.StaticFile, problems=(PageNotFound,))
def handler(request: Request) -> Response:
    """Return 200 and the page or a file, or 304.

    The page reads from its URL what to show. A path with a dot that is no file of this version gets 404.
    """
    if not settings.app:
        raise PageNotFound
    path = request.parameters.get("path", "")
    version, _, name = path.partition("/")
    if version == VERSION and name in FILES:
        return static_files.respond_with_file(request, FILES[name], static_files.FOREVER)
    if "." in path:
        raise PageNotFound
    return static_files.respond_with_file(request, PAGE, static_files.REVALIDATED, POLICY)
