"""Code that every folder of the layer shares. Nothing here knows AWS or HTTP."""
