"""Accounts as a whole: services that use users, sessions and mails together."""
