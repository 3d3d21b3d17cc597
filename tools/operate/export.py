"""`make export USER=ID`: write all that one user owns as one JSON document, to fulfil a request under data protection law.

It does not contain what is stored elsewhere: for as long as logs are kept, they hold the user's id, and the access log the IP address of
each request.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdo.base.problems import ServiceUnavailable
from lambdo.table.aws import AwsError
from tools.operate import personal_data
from tools.operate.target import TargetError, add_arguments, find_target


def main(arguments: list[str] | None = None) -> int:
    """Write the document; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--user", required=True, help="an id or an email address")
    parser.add_argument("--out", type=Path, help="the file to write, readable only by you; default: standard output")
    options = parser.parse_args(arguments)
    try:
        os.environ["TABLE_NAME"] = find_target(options).table.name
        found = _collect(options.user)
    except (BotoCoreError, ClientError, TargetError) as error:
        print(f"export: {error!r}", file=sys.stderr)
        return 2
    if found is None:
        print("export: no such account", file=sys.stderr)
        return 1
    document = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if options.out:
        options.out.touch()
        options.out.chmod(0o600)
        options.out.write_text(document)
    else:
        sys.stdout.write(document)
    return 0


def _collect(name: str) -> dict[str, Any] | None:
    """Return what a user owns, or None if there is no such user; raises TargetError."""
    try:
        user = personal_data.find_user(name)
        return personal_data.collect(user) if user else None
    except (AwsError, ServiceUnavailable) as error:
        raise TargetError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
