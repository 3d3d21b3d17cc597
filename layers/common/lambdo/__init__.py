"""The code that every Lambdo function shares."""

import gc

gc.disable()  # collecting while init only makes what stays costs CPU; @endpoint turns it on again
