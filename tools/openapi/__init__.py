"""Generates openapi.json from the request models, the rules of lists, the problems, the routes and real responses."""
