"""Words that every floor shares; nothing here knows AWS or HTTP."""
