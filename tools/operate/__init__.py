"""What operators run against a deployment, or against `make dev`. Never deployed.

The commands use the code of the functions: layers/common must be on the path, as in the targets of the Makefile.
"""
