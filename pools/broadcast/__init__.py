"""Announces to viewers what has changed, after commit."""
