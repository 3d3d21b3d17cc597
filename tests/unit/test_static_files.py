"""Files of pages: what they are, and how they are packed."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from lambdo.web.endpoint import Request
from lambdo.web.static_files import (
    POLICY,
    REVALIDATED,
    compute_version,
    insert_version,
    make_file,
    read,
    read_folder,
    respond_with_file,
)

PAGE = make_file(b"<p>" * 100, "text/html; charset=utf-8")
REQUEST = Request("GET /", "/", {}, "", {}, (), b"", "203.0.113.7", "", "")


def asking(**headers: str) -> Request:
    return replace(REQUEST, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_folder_is_read_with_all_below_it(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "main.js").write_text("1")
    (tmp_path / "images" / "icon.svg").write_text("<svg/>")
    files = read_folder(tmp_path)
    assert files.keys() == {"main.js", "images/icon.svg"}
    assert files["main.js"] == make_file(b"1", "text/javascript; charset=utf-8")


def test_suffix_without_a_media_type_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "main.exe").touch()
    with pytest.raises(KeyError, match=r"\.exe"):
        read(tmp_path / "main.exe")


def test_version_changes_with_names_and_contents() -> None:
    one, two = make_file(b"1", "text/css"), make_file(b"2", "text/css")
    versions = [
        compute_version(files) for files in ({"a.js": one}, {"a.js": two}, {"b.js": one}, {"a.js": one, "b.js": one})
    ]
    assert len(set(versions)) == 4
    assert compute_version({"b.js": two, "a.js": one}) == compute_version({"a.js": one, "b.js": two})


def test_page_names_the_version_and_has_another_entity_tag_with_another() -> None:
    page = make_file(b'<img src="/{version}/a.png"><img src="/{version}/b.png">', "text/html")
    one, two = insert_version(page, "1"), insert_version(page, "2")
    assert one.content == b'<img src="/1/a.png"><img src="/1/b.png">'
    assert one.etag != two.etag


def test_page_comes_with_its_headers() -> None:
    assert respond_with_file(asking(), PAGE, REVALIDATED) == (
        200,
        PAGE.content,
        {
            "cache-control": "no-cache",
            "content-security-policy": POLICY,
            "content-type": "text/html; charset=utf-8",
            "cross-origin-opener-policy": "same-origin",
            "etag": f"W/{PAGE.etag}",
            "referrer-policy": "no-referrer",
            "vary": "accept-encoding",
        },
        (),
    )


def test_file_is_packed_for_whom_takes_gzip() -> None:
    response = respond_with_file(asking(accept_encoding="gzip"), PAGE, REVALIDATED)
    assert response.headers["content-encoding"] == "gzip"
    assert isinstance(response.body, bytes)
    assert gzip.decompress(response.body) == PAGE.content


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_file_is_not_packed_for_anybody_else(accepted: str) -> None:
    response = respond_with_file(asking(accept_encoding=accepted), PAGE, REVALIDATED)
    assert "content-encoding" not in response.headers
    assert response.body == PAGE.content


def test_image_that_is_packed_already_is_sent_as_it_is() -> None:
    image = make_file(b"\x89PNG" * 100, "image/png")
    response = respond_with_file(asking(accept_encoding="gzip"), image, REVALIDATED)
    assert (response.body, "content-encoding" in response.headers) == (image.content, False)


def test_file_is_packed_once() -> None:
    first, second = (respond_with_file(asking(accept_encoding="gzip"), PAGE, REVALIDATED) for _ in range(2))
    assert first.body is second.body
