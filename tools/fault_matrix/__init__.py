"""Every request of every endpoint with every fault at each of its calls: the response, the table, and the client's retry."""
