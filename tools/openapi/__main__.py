"""Write openapi.json from the code, with examples of real responses, and the page of errors."""

import argparse
import importlib

from tools.in_process.embedded import embedded_api
from tools.openapi import errors_page
from tools.openapi.document import document
from tools.openapi.recording import record
from tools.openapi.staleness import DOCUMENT


def main() -> None:
    """Send the requests of the endpoints, and write openapi.json and the page of errors."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi", description=__doc__)
    parser.add_argument("--endpoints", required=True, metavar="MODULE", help="the module that has ENDPOINTS")
    endpoints = importlib.import_module(parser.parse_args().endpoints).ENDPOINTS
    with embedded_api() as api:
        DOCUMENT.write_text(document(api.application, record(api, endpoints)), encoding="utf-8")
        errors_page.PAGE.write_text(errors_page.render(), encoding="utf-8")


if __name__ == "__main__":
    main()
