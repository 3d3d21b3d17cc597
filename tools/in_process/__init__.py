"""The API in this process: the real handlers on an embedded back end, for tests, measurements and generated pages.

It runs the code of the functions: layers/common must be on the path.
"""
