"""A lab in which a standalone server has people and devices that the pool has too."""

from __future__ import annotations

import psycopg

from pools.databases.connection import DatabaseLogin

# Both begin with the same person, so trav4 has everybody whom the pool has, and more.
SCENARIO = """
organization = "Acme"

[traveler]
version = "14.5.0"
build = "202501010000"
domino_release = "14.0"
edition = "Domino Enterprise Server"
external_url = "https://mail.acme.example/traveler"

[[pools]]
name = "Acme EU"
database = "pool"
users = 12
devices = 18
documents = 300

[[hosts]]
name = "trav1"
pool = "Acme EU"

[[hosts]]
name = "trav4"
users = 12
devices = 24
documents = 400
first_person = 0
"""


def age_some(login: DatabaseLogin) -> None:
    """In the pool a third of the devices is older than on the server, a third is newer; and so
    are their documents, the other way round."""
    devices = "SELECT device_id, row_number() OVER (ORDER BY device_id) % 3 AS third FROM devices"
    for table, column, ages in (
        ("devices", "last_sync_time", ("-", "+")),
        ("doc_state", "modified", ("+", "-")),
    ):
        for third, sign in enumerate(ages):
            execute(
                login,
                f"UPDATE {table} SET {column} = {column} {sign} interval '1 day' "  # noqa: S608
                f"WHERE device_id IN (SELECT device_id FROM ({devices}) d WHERE third = {third})",
            )


def execute(login: DatabaseLogin, statement: str) -> None:
    address = f"host={login.host} port={login.port} dbname={login.name} user={login.user}"
    with psycopg.connect(address, password=login.password) as connection:
        connection.execute(statement)
