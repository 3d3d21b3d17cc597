"""Accounts as a whole: what stands on users, sessions and mails together."""
