"""The members of what the API answers with."""

USER = frozenset({"id", "email", "email_verified", "name", "time_zone", "created_at", "version"})
TOKENS = frozenset({"access_token", "refresh_token", "token_type", "expires_in"})
SESSION = frozenset({"id", "user_agent", "created_at", "last_used_at", "expires_at", "current"})
TAG = frozenset({"id", "name", "color", "version", "created_at", "updated_at"})
TASK = frozenset({
    "id", "user_id", "title", "description", "completed", "completed_at", "priority", "due_date", "tags", "name", "color",
    "version", "created_at", "updated_at",
})  # fmt: skip
PROBLEM = frozenset({"type", "title", "status", "detail", "code"})  # as one of many results has it
KEYS = frozenset({"keys", "kty", "crv", "use", "alg", "kid", "x"})
PAGE = frozenset({"items", "next_cursor"})
