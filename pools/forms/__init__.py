"""What people may enter, and what is wrong with it in words."""
