"""Moving a standalone server into a pool."""
