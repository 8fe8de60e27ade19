"""`manage.py reset_sign_in_limits --name ada`: lets somebody sign in who would have to wait."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.accounts.sign_in_limits import forget_failures


class Command(BaseCommand):
    """`manage.py reset_sign_in_limits`."""

    help = "Lift the delay after failed sign-ins of an account, an address, or both together."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", default="", help="of the account")
        parser.add_argument("--address", default="", help="from which somebody signs in")

    def handle(self, *args: Any, name: str, address: str, **options: Any) -> None:
        if not (name or address):
            raise CommandError("Name an account (--name), an address (--address), or both.")
        lifted = forget_failures(name=name, address=address)
        self.stdout.write("The delay is lifted." if lifted else "There was no failed sign-in.")
