"""Part `sizes`: what `sam build` made - files, bytes unpacked and bytes zipped of each layer, and what some functions unpack.

The layers of both architectures stand in one build, whichever it was made for.
"""

from collections.abc import Mapping
from typing import Final

from tools.bench import page
from tools.measure.sizes import size, unpacked

BUILD: Final = page.ROOT / ".aws-sam" / "build"
ARCHITECTURES: Final = ("arm64", "x86_64")
FUNCTIONS: Final = ("list_tasks", "create_task", "register", "get_app", "authorizer", "log_in")


def measure() -> page.Figures:
    """Return the size of each layer, and what some functions unpack, for both architectures."""
    return {
        "layers": {layer.name: size(layer) for layer in sorted(BUILD.glob("*Layer"))},
        "functions": {
            architecture: {folder: unpacked(BUILD, folder, architecture) for folder in FUNCTIONS}
            for architecture in ARCHITECTURES
        },
    }


def blocks(figures: page.Figures) -> Mapping[str, str]:
    """Return the tables of the layers and of what the functions unpack."""
    return {"layers": _layers(figures["layers"]), "unpacked": _unpacked(figures["functions"])}


def _layers(layers: Mapping[str, dict[str, int]]) -> str:
    def row(title: str, *found: dict[str, int]) -> list[str]:
        files, *sizes = (sum(one[measured] for one in found) for measured in ("files", "unpacked", "zipped"))
        return [title, f"{files:,}", *map(_megabytes, sizes)]

    rows = []
    for architecture, suffix in (("arm64", "Arm64Layer"), ("x86_64", "X8664Layer")):
        chosen = {
            "dependencies, of all functions": layers[f"Dependencies{suffix}"],
            "signing, of those that sign or verify tokens": layers[f"Signing{suffix}"],
            "common, our own code": layers["CommonLayer"],
        }
        rows += [row(f"{architecture}: {title}", found) for title, found in chosen.items()]
        rows.append(row(f"{architecture}: together", *chosen.values()))
    return page.table(["layer", "files", "unpacked", "zipped"], rows)


def _unpacked(functions: Mapping[str, Mapping[str, int]]) -> str:
    head = ["function", *functions]
    return page.table(head, [[name, *(_megabytes(of[name]) for of in functions.values())] for name in FUNCTIONS])


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
