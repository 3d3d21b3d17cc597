"""Shapes in and out. Modules named *_requests import pydantic; the others must not."""
