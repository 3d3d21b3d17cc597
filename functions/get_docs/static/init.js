"use strict";

// Swagger UI switches its dark mode by a class. Set it from the system's setting, as the page's colours do.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: false, // any script on the page could read a stored token
  tryItOutEnabled: true,
  validatorUrl: null,
});
