"""Pages about the person: signing in, profile, API tokens."""
