"""The one floor that knows HTTP; only functions import it."""
