"""Every write to a migration: what people ask for, and the run itself."""
