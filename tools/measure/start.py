"""Starts a function as Lambda would, and prints the modules that it imports, as JSON. Run by path, in a new process.

Arguments: the function's folder, then the folders to import from.
"""

import sys

before = set(sys.modules)
_, folder, *paths = sys.argv
sys.path[:0] = paths

import importlib  # noqa: E402 - to count all imports of the function, none may come earlier

importlib.import_module(f"{folder}.app")

import gc  # noqa: E402
import json  # noqa: E402

if not gc.isenabled():
    sys.exit("the function would never collect garbage")

print(json.dumps(sorted(set(sys.modules) - before)))
