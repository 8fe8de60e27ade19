"""Write docs/permissions.md: who may do what, as the code declares it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console.permission_matrix import markdown


class Command(BaseCommand):
    """`manage.py write_permissions`: docs/permissions.md from the code."""

    help = "Write docs/permissions.md: every page, endpoint, socket and action by role."

    def handle(self, *args: Any, **options: Any) -> None:
        file = settings.BASE_DIR / "docs" / "permissions.md"
        file.write_text(markdown(), encoding="utf-8")
        self.stdout.write(f"{file.relative_to(settings.BASE_DIR)} is written.")
