"""Sessions and their tokens: logging in, refreshing, logging out."""
