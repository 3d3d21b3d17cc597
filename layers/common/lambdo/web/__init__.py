"""The only folder that knows HTTP; only functions import it."""
