"""What the API shows of a migration, and what it takes: a file a concept."""
