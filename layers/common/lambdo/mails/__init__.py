"""Emails: what is asked for, their tokens, their texts, and Amazon SES."""
