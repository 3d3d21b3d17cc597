"""The API in this process: the real handlers on an embedded back end, for tests, measurements and generated pages."""

import sys
from pathlib import Path

LAYER = str(Path(__file__).parents[2] / "layers" / "common")
if LAYER not in sys.path:  # as on Lambda, where the layer is on sys.path
    sys.path.insert(0, LAYER)
