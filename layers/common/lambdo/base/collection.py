"""Garbage collection: off while a deployed function starts, since it only makes what stays, and on from then on."""

import gc


def start_collecting() -> None:
    """End init: nothing that it made is garbage, and what requests make is. `functions/Makefile` begins it."""
    gc.freeze()
    gc.enable()
