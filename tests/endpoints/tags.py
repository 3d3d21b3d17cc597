"""Tags."""

from tests.endpoints.members import TAG as MEMBERS
from tools.in_process.endpoints import Endpoint, Request

TAGS = "/api/{user_id}/tags"
TAG = f"{TAGS}/{{tag_id}}"
V1 = {"if-match": '"v1"'}
CREATE = Request("", 201, method="POST", path=TAGS, body={"name": "GARDEN"})
RECOLOR = Request("", 200, method="PATCH", path=TAG, body={"color": "#0000ff"})
DELETE = Request("", 204, method="DELETE", path=TAG)

ENDPOINTS = [
    Endpoint("GET", TAGS, [Request("", 200, example="Three tags")], shows=MEMBERS | {"items"}),
    Endpoint(
        "POST",
        TAGS,
        [
            Request(
                "new name", 201, body={"name": "Garden"}, again=409, rival=CREATE, overtaken=409, example="Only a name"
            ),
            Request("taken name", 409, body={"name": "HOME"}, example="Name already in use"),
        ],
        shows=MEMBERS,
        examples=[Request("With a colour", 201, body={"name": "Garden", "color": "#2e8b57"})],
    ),
    Endpoint(
        "GET",
        TAG,
        [
            Request("", 200, example="A tag"),
            Request("unknown", 404, ids={"tag_id": "unknown"}, example="Tag not found"),
        ],
        shows=MEMBERS,
    ),
    Endpoint(
        "PUT",
        TAG,
        [
            Request("name", 200, body={"name": "Garden"}, rival=CREATE, overtaken=409, example="Another name"),
            Request(
                "name and colour, If-Match",
                200,
                body={"name": "Garden", "color": None},
                headers=V1,
                again=412,
                rival=RECOLOR,
                overtaken=412,
            ),
            Request("taken name", 409, body={"name": "office"}),
        ],
        shows=MEMBERS,
    ),
    Endpoint(
        "PATCH",
        TAG,
        [
            Request("colour", 200, body={"color": "#00ff00"}, rival=DELETE, overtaken=404, example="Another colour"),
            Request(
                "colour, If-Match",
                200,
                body={"color": "#00ff00"},
                headers=V1,
                again=412,
                rival=RECOLOR,
                overtaken=412,
            ),
            Request("nothing new", 200, body={"name": "Home"}),
        ],
        shows=MEMBERS,
    ),
    Endpoint(
        "DELETE",
        TAG,
        [
            Request("on a task", 204, rival=RECOLOR),
            Request("on no task, If-Match", 204, ids={"tag_id": "office"}, headers=V1),
        ],
    ),
]
