"""openapi.json, made of what validates requests: models, rules of lists, problems, routes and recorded answers."""
