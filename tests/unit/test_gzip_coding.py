"""Who accepts gzip, by RFC 9110 section 12.5.3, and what is compressed."""

import gzip

import pytest

from lambdo.web.gzip_coding import compress, is_accepted


@pytest.mark.parametrize("accept_encoding", [
    "gzip", "deflate, GZIP", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8", "gzip;q=0.001", "gzip ; q=1",
    "*", "br, *;q=0.1", "*;q=0, gzip", "identity;q=0, gzip",
])  # fmt: skip
def test_gzip_is_accepted(accept_encoding: str) -> None:
    assert is_accepted(accept_encoding)


@pytest.mark.parametrize("accept_encoding", [
    "", "br", "identity", "gzip;q=0", "gzip; q=0.000, br", "xgzip", "gzip;q=0, *", "*;q=0", "*;q=0.0, br",
])  # fmt: skip
def test_gzip_is_not_accepted(accept_encoding: str) -> None:
    assert not is_accepted(accept_encoding)


def test_same_content_is_compressed_into_the_same_bytes_of_gzip() -> None:
    content = b"a task, " * 100
    assert compress(content) == compress(content)
    assert gzip.decompress(compress(content)) == content
