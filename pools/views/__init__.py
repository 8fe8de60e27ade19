"""Pages of the standing world: load → form → service → render."""
