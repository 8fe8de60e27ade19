"""SQL Server: rows are bulk-copied into a staging table, and inserted from there."""
