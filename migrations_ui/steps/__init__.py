"""The steps of a migration, one module each. A step may be cut off anywhere and is then run
again."""
