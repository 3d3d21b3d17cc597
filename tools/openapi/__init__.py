"""openapi.json, generated from the request models, the rules of lists, the problems, the routes and recorded responses."""
