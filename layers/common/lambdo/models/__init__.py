"""Shapes in and out. Modules named *_requests import pydantic; the others must not.

openapi.json is made of these classes; a text below a member is its description there.
"""

type Id = str  # UUIDv7 in lower case
type Time = str  # RFC 3339, UTC
