"""What operators run against a deployment, or against `make dev`. Never deployed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "layers" / "common"))
