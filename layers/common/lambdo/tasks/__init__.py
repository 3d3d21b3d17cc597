"""Tasks: create, list, change, complete, delete and restore them, and link them to tags."""
