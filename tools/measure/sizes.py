"""The sizes of what `sam build` made: number of files, bytes unzipped and bytes zipped."""

import io
import zipfile
from pathlib import Path

from tools.measure import built


def size(folder: Path) -> dict[str, int]:
    """Return the number of files of a built folder, their bytes, and the bytes of the ZIP file of `sam deploy`."""
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
    """Return the bytes that a function has on disk: its folder and its layers."""
    folders = [
        built.function_folder(build, folder),
        *(build / one for one in built.layers(build, folder, architecture)),
    ]
    return sum(path.stat().st_size for one in folders for path in one.rglob("*") if path.is_file())
