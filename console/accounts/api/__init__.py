"""Signing in to the API: a token for a password, and giving it back."""
