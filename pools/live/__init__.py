"""What an open page is sent while it is looked at."""
