"""Migrating a standalone server into a pool."""
