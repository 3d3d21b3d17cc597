"""Garbage collection: off while a deployed function starts, because a start creates no garbage, and on afterwards."""

import gc


def start_collecting() -> None:
    """End init: exempt the objects that it created, and collect those of requests. See `functions/Makefile`."""
    gc.freeze()
    gc.enable()
