"""What `sam build` made: files, bytes unpacked and bytes zipped."""

import io
import zipfile
from pathlib import Path

from tools.measure import built


def size(folder: Path) -> dict[str, int]:
    """Return how many files a built folder has, their bytes, and the bytes of a ZIP file of them as `sam deploy` makes it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.relative_to(folder))
    return {
        "files": len(paths),
        "unpacked": sum(path.stat().st_size for path in paths),
        "zipped": packed.getbuffer().nbytes,
    }


def unpacked(build: Path, folder: str, architecture: str) -> int:
    """Return the bytes that stand on the disk of a function: its own folder and its layers."""
    folders = [
        built.function_folder(build, folder),
        *(build / one for one in built.layers(build, folder, architecture)),
    ]
    return sum(path.stat().st_size for one in folders for path in one.rglob("*") if path.is_file())
