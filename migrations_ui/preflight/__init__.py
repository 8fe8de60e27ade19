"""Preflight: what has to be true before a server may be migrated. Facts are gathered once, then
judged."""
