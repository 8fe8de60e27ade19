"""Pages of a migration: choose a server, choose a pool, preflight, live, report."""
