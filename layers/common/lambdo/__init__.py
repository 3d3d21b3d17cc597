"""The code that every Lambdo function shares: a folder for each floor and each resource, imports only downward."""
