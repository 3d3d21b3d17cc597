"""Starts one function as Lambda would and prints, as JSON, the modules imported on the way: run by path, in a process of its own.

Arguments: the function's folder, then the folders to import from.
"""

import sys

before = set(sys.modules)
_, folder, *paths = sys.argv
sys.path[:0] = paths

import importlib  # noqa: E402 - what the function itself imports is to be counted, so nothing comes before it

importlib.import_module(f"{folder}.app")

import gc  # noqa: E402
import json  # noqa: E402

if not gc.isenabled():
    sys.exit("the function would never collect garbage")

print(json.dumps(sorted(set(sys.modules) - before)))
