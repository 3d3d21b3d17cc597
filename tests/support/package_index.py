"""A package index on this machine, over TLS with a certificate that nobody trusts, as a proxy that inspects TLS shows one."""

import contextlib
import hashlib
import http.server
import io
import ssl
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Index:
    """A running index: its address, and the file with the certificate of its authority."""

    url: str
    authority: Path


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files without a log, also to clients that leave when they see the certificate."""

    def handle(self) -> None:
        """Answer one connection."""
        with contextlib.suppress(OSError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextlib.contextmanager
def serve_index(folder: Path, packages: Mapping[str, Mapping[str, str]]) -> Iterator[Index]:
    """Serve version 1.0 of the packages: name -> path in the wheel -> text."""
    for name, files in packages.items():
        wheel = pack(name, files)
        file = f"{name}-1.0-py3-none-any.whl"
        page = folder / "simple" / name
        page.mkdir(parents=True)
        (page / file).write_bytes(wheel)
        (page / "index.html").write_text(f'<a href="{file}#sha256={hashlib.sha256(wheel).hexdigest()}">{file}</a>')
    folder.mkdir(exist_ok=True)
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Index(f"https://localhost:{server.server_address[1]}/simple", folder / "authority.pem")
        server.shutdown()


def pack(name: str, files: Mapping[str, str]) -> bytes:
    """Return a wheel of the files."""
    info = f"{name}-1.0.dist-info"
    described = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "".join(f"{path},,\n" for path in files),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in {**files, **described}.items():
            archive.writestr(path, text)
    return packed.getvalue()
