"""Who uses Lambdo: profiles, credentials, passwords, and how often someone may try."""
