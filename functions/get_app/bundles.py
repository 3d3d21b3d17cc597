"""Joins a page's JavaScript modules into one file, and its style sheets: a browser requests two files instead of forty.

It reads only the forms that these files use: at the beginning of a line, `import { names } from "./file.js";`, `export`
before a function, class or const, and `@import "file.css";`. The files also work unjoined.
"""

import re
from collections.abc import Mapping
from posixpath import dirname, join, normpath
from typing import Final

from lambdo.web.static_files import StaticFile, make_file

_IMPORT: Final = re.compile(r'^import (?:(\{[^}]*\}) from )?"([^"]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_STYLES: Final = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)


def join_scripts(files: Mapping[str, StaticFile], entry: str) -> StaticFile:
    """Return one module with `entry` and all modules that it imports; raises KeyError for a file that does not exist.

    Each module becomes a function that runs once, after the modules that it imports, and returns its exports.
    """
    bodies: dict[str, str] = {}

    def put(name: str) -> None:
        source = files[name].content.decode()
        for _, path in _IMPORT.findall(source):
            if (imported := _resolve(name, path)) not in bodies:
                put(imported)
        bodies[name] = _wrap(name, source, list(bodies))

    put(entry)
    return make_file("".join(bodies.values()).encode(), files[entry].media_type)


def _wrap(name: str, source: str, before: list[str]) -> str:
    def constants(found: re.Match[str]) -> str:
        module = f"module{before.index(_resolve(name, found[2]))}"
        return f"const {found[1].replace(' as ', ': ')} = {module};\n" if found[1] else ""

    exported = ", ".join(one for _, one in _EXPORT.findall(source))
    body = _EXPORT.sub(r"\1", _IMPORT.sub(constants, source))
    return f"const module{len(before)} = (() => {{ // {name}\n{body}return {{ {exported} }};\n}})();\n"


def join_styles(files: Mapping[str, StaticFile], entry: str) -> StaticFile:
    """Return the style sheet with its imports replaced by their text; imported style sheets must not import others."""

    def text(name: str) -> str:
        return files[_resolve(entry, name)].content.decode()

    return make_file(
        _STYLES.sub(lambda found: text(found[1]), files[entry].content.decode()).encode(), files[entry].media_type
    )


def _resolve(importer: str, path: str) -> str:
    return normpath(join(dirname(importer), path))
