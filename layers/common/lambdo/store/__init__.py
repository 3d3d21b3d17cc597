"""Reads and writes of the one table: one file per entity; table.py alone talks to AWS."""
