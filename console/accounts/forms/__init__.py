"""What people may enter about themselves."""
