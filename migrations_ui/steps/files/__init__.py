"""The server's files: backup archive, private copies, restore."""
