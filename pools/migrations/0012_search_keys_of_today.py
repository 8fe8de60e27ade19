"""Users and devices are found by keys that fold more than case since: rows get theirs again."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from pools.services.search_keys import refold_devices, refold_users


def refold(apps: Any, _schema_editor: Any) -> None:
    refold_users(apps.get_model("pools", "TravelerUser"))
    refold_devices(apps.get_model("pools", "Device"))


class Migration(migrations.Migration):

    dependencies = [
        ('pools', '0011_plain_http'),
    ]

    operations = [
        migrations.RunPython(refold, migrations.RunPython.noop),
    ]
