"""The shapes of requests, responses and stored items. Modules named *_requests import pydantic; the others must not.

openapi.json is generated from these classes; a string below a member becomes its description there.
"""

type Id = str  # UUIDv7 in lower case
type Time = str  # RFC 3339, UTC
