"use strict";

// Swagger UI's own dark mode is a class; the page's colours follow the system, and so does it.
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
  persistAuthorization: false, // a token that a page keeps is a token that a script can find
  tryItOutEnabled: true,
  validatorUrl: null,
});
