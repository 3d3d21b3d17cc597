"""The API in this process: the real handlers on an embedded back end, for tests, measurements and what is made from requests."""
