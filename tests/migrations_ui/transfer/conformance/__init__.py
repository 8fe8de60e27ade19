"""What every target engine has to do, asked of each by the same tests.

PostgreSQL and MariaDB run embedded. SQL Server and Db2 run where an environment variable names an
empty database (tests/engines.py), and are skipped elsewhere. The target's tables are created from
the types written out per engine in descriptions.py, and what arrived is compared by SQL written
there, never by the loaders' own.
"""
