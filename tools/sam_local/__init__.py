"""`make sam-local`: the built functions in Lambda's own containers, behind SAM CLI's emulation of the HTTP API.

Table, keys and what follows the table's streams are those of `make dev`.
"""
