"""Pages of a move: choose a server, choose a pool, preflight, live, report."""
