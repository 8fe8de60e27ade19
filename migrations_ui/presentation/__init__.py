"""What the migration screens say: pure functions from a migration's rows to plain words."""
