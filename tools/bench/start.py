"""Starts one function as Lambda would and says what that took: run by path, in a process of its own.

Arguments: the function's folder (or `-` for an empty handler), then the folders to import from. Prints one line of JSON:
`cpu_ms`, CPU time since the process began, and `modules`, the names of the modules imported on the way.
"""

import sys

before = set(sys.modules)
_, folder, *paths = sys.argv
sys.path[:0] = paths

import importlib  # noqa: E402 - what the function itself imports is to be counted, so nothing comes before it
import time  # noqa: E402

if folder != "-":
    importlib.import_module(f"{folder}.app")
cpu_ms = time.process_time() * 1000

import json  # noqa: E402

print(json.dumps({"cpu_ms": cpu_ms, "modules": sorted(set(sys.modules) - before)}))
