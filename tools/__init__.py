"""Developer commands. Never deployed."""
