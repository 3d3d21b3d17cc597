"""Tags and their names, which are unique for each user."""
