"""Users: profiles, credentials, passwords, and limits on attempts."""
