"""`manage.py store_schema`: the DDL of a pool's database, for the DBA of a manual schema."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pools.databases.connection import prepare_connection
from pools.databases.engines import ENGINES
from pools.databases.errors import DatabaseError
from pools.models import DatabaseConfiguration
from pools.store.schema import REQUIRED_LEVEL, UnknownLevel, schema_sql


class Command(BaseCommand):
    """`manage.py store_schema`."""

    help = "Prints the SQL that brings the tables of a pool's database to the level needed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("database", help="name of the database configuration")
        parser.add_argument(
            "--from",
            dest="from_level",
            metavar="LEVEL",
            help="the level that its check shows; without it, the database has no tables yet",
        )

    def handle(
        self, *args: Any, database: str, from_level: str | None = None, **options: Any
    ) -> None:
        login = _find(database).login()
        engine = ENGINES[login.engine]
        try:
            with engine.translated_errors(login.host, login.port, login.name):
                statements = schema_sql(prepare_connection(login), from_level)
        except (UnknownLevel, DatabaseError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"-- Traveler's tables, level {from_level or 'none'} to {REQUIRED_LEVEL}."
        )
        self.stdout.write("-- Run this as the login that Traveler uses, in its schema.")
        for statement in statements:
            self.stdout.write(statement)


def _find(name: str) -> DatabaseConfiguration:
    found = DatabaseConfiguration.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(str(each) for each in DatabaseConfiguration.objects.all()) or "none"
        raise CommandError(f"No database is called {name}. Known databases: {known}.")
    return found
