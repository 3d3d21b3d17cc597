"""Tags, and the names that they claim."""
