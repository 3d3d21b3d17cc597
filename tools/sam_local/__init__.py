"""`make sam-local`: the built functions in Lambda's own containers, behind SAM CLI's emulation of the HTTP API.

The table, the keys and the functions on the table's streams run as in `make dev`.
"""
