"""Who takes gzip, by RFC 9110 section 12.5.3, and what is packed."""

import gzip

import pytest

from lambdo.web.gzip_coding import is_taken, pack


@pytest.mark.parametrize("accepted", [
    "gzip", "deflate, GZIP", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8", "gzip;q=0.001", "gzip ; q=1",
    "*", "br, *;q=0.1", "*;q=0, gzip", "identity;q=0, gzip",
])  # fmt: skip
def test_gzip_is_taken(accepted: str) -> None:
    assert is_taken(accepted)


@pytest.mark.parametrize("accepted", [
    "", "br", "identity", "gzip;q=0", "gzip; q=0.000, br", "xgzip", "gzip;q=0, *", "*;q=0", "*;q=0.0, br",
])  # fmt: skip
def test_gzip_is_not_taken(accepted: str) -> None:
    assert not is_taken(accepted)


def test_same_content_is_packed_into_the_same_bytes_of_gzip() -> None:
    content = b"a task, " * 100
    assert pack(content) == pack(content)
    assert gzip.decompress(pack(content)) == content
