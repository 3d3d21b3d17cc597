"""What openapi.json derives from where an endpoint declares itself, in the cases that no endpoint has today."""

import importlib

import pytest

from lambdo.web.endpoint import Request, Response, endpoint
from tools.local.application import Route
from tools.openapi.operations import Operation, read_operation


@endpoint()
def handler(request: Request) -> Response:
    """Return 204. The tag is deleted."""
    return Response(204)


def read(path: str = "/api/{user_id}/tags") -> Operation:
    return read_operation("get_tag", Route("GET", path, "GetTagFunction", None))


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/api/{user_id}/tags/{tag_id}", "Tags"),
        ("/api/{user_id}/tasks/{task_id}", "Tasks"),
        ("/api/{user_id}/tasks/trash/{task_id}/restore", "Trash"),
        ("/api/auth/sessions/{session_id}", "Sessions"),
        ("/api/auth/me", "Account"),
        ("/docs/{file}", "Pages"),
    ],
)
def test_longest_beginning_of_a_path_decides_its_group(path: str, group: str) -> None:
    assert read(path).group == group


@pytest.mark.parametrize("path", ["/api/{user_id}/colors", "/api/{user_id}/colors/{color_id}", "/api/colors"])
def test_resource_that_no_group_mentions_is_a_group_by_its_name(path: str) -> None:
    assert read(path).group == "Colors"


def test_docstring_without_a_status_is_an_error_that_names_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    def undescribed(request: Request) -> Response:
        """Get the tag."""
        return Response(200)

    monkeypatch.setattr(importlib.import_module("functions.get_tag.app"), "handler", endpoint()(undescribed))
    with pytest.raises(ValueError, match=r"in get_tag should begin"):
        read()


def test_get_without_an_entity_tag_has_no_304(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (list(read().answers), list(read().headers)) == ([200, 304], ["IfNoneMatch"])
    monkeypatch.setattr(importlib.import_module("functions.get_tag.app"), "handler", handler)
    assert (list(read().answers), list(read().headers)) == ([204], [])
