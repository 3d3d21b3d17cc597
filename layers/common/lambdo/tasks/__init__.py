"""Tasks: create, list, change, complete, delete, restore, and their links to tags."""
