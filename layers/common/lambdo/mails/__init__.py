"""Emails: requests for them, their tokens, their texts, and Amazon SES."""
