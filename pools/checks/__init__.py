"""What is asked of a database or a host, as findings."""
