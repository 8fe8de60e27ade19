"""The pool store: the tables that Traveler servers of one pool share.

Never part of the console's own database; see `schema.py` for how it reaches a managed one.
"""
