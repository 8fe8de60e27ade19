"""Migrations over REST: what their pages show, the report, and what the pages start."""
