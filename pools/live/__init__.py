"""What an open page is told while it is looked at."""
