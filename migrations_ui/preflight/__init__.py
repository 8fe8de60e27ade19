"""Preflight: what has to be true before a server may move. Facts are gathered once, then judged."""
