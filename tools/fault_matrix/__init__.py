"""Sends every request of every endpoint with every fault at each of its calls, and checks response, table and retry."""
