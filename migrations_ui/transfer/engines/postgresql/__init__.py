"""PostgreSQL: rows go in by COPY in its own binary format."""
