"""The first schema of the pool store."""

from __future__ import annotations

from django.db import migrations, models

import pools.store.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        # The level's own table comes first: progress is recorded after every operation.
        migrations.CreateModel(
            name="SchemaLevel",
            fields=[
                (
                    "level",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("operations_done", models.IntegerField()),
                ("operations_total", models.IntegerField()),
            ],
            options={
                "db_table": "schema_level",
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "username",
                        "doc_id",
                        "part",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("username", models.CharField(max_length=254)),
                ("doc_id", models.CharField(max_length=64)),
                ("part", models.SmallIntegerField()),
                ("file_name", models.CharField(max_length=254)),
                ("content_type", models.CharField(max_length=128, null=True)),
                ("size_bytes", models.BigIntegerField()),
                ("content", pools.store.fields.BlobField(null=True)),
                ("stored", models.DateTimeField()),
            ],
            options={
                "db_table": "attachments",
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "username",
                        "device_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("username", models.CharField(max_length=254)),
                ("device_id", models.CharField(max_length=64)),
                ("device_provider", models.CharField(max_length=254)),
                ("device_type", models.CharField(max_length=254)),
                ("device_level", models.CharField(max_length=64, null=True)),
                ("notification_type", models.SmallIntegerField()),
                ("access_status", models.SmallIntegerField()),
                ("approval_policy", models.SmallIntegerField()),
                ("approval_date", models.DateTimeField(null=True)),
                ("approver_ids", models.CharField(max_length=512, null=True)),
                ("policy_compliance", models.SmallIntegerField()),
                ("requested_wipe_options", models.IntegerField()),
                ("wipe_request_status", models.SmallIntegerField()),
                ("wipe_types_supported", models.IntegerField()),
                ("wipe_action_date", models.DateTimeField(null=True)),
                ("sms_address", models.CharField(max_length=64, null=True)),
                ("sync_anchor", models.BigIntegerField()),
                ("last_sync_time", models.DateTimeField(null=True)),
                ("registered", models.DateTimeField()),
            ],
            options={
                "db_table": "devices",
            },
        ),
        migrations.CreateModel(
            name="FolderState",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "username",
                        "device_id",
                        "folder_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("username", models.CharField(max_length=254)),
                ("device_id", models.CharField(max_length=64)),
                ("folder_id", models.CharField(max_length=64)),
                ("folder_name", models.CharField(max_length=254)),
                ("sync_key", models.BigIntegerField()),
                ("filter_days", models.SmallIntegerField(null=True)),
                ("last_sync_time", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "folder_state",
            },
        ),
        migrations.CreateModel(
            name="PoolServer",
            fields=[
                (
                    "domino_name",
                    models.CharField(max_length=254, primary_key=True, serialize=False),
                ),
                ("server_id", models.CharField(max_length=64)),
                ("host_name", models.CharField(max_length=254)),
                ("ip_address", models.CharField(max_length=64)),
                ("task_port", models.IntegerField()),
                ("servlet_port", models.IntegerField()),
                ("heart_beat", models.DateTimeField(null=True)),
                ("availability_index", models.SmallIntegerField()),
                ("number_of_users", models.IntegerField()),
                ("running", models.SmallIntegerField()),
                ("version", models.CharField(max_length=64)),
                ("build", models.CharField(max_length=64, null=True)),
                ("started", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "servers",
            },
        ),
        migrations.CreateModel(
            name="SecRecord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "username",
                        "device_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("username", models.CharField(max_length=254)),
                ("device_id", models.CharField(max_length=64)),
                ("action", models.SmallIntegerField()),
                ("status", models.SmallIntegerField()),
                ("requested_by", models.CharField(max_length=254, null=True)),
                ("requested_on", models.DateTimeField()),
                ("remark", models.CharField(max_length=512, null=True)),
            ],
            options={
                "db_table": "sec_records",
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "owner",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("owner", models.CharField(max_length=254)),
                ("name", models.CharField(max_length=128)),
                ("content", models.TextField(null=True)),
                ("changed", models.DateTimeField()),
            ],
            options={
                "db_table": "settings",
            },
        ),
        migrations.CreateModel(
            name="StoreUser",
            fields=[
                (
                    "username",
                    models.CharField(max_length=254, primary_key=True, serialize=False),
                ),
                ("internet_address", models.CharField(max_length=254)),
                ("mail_server", models.CharField(max_length=254)),
                ("mail_file", models.CharField(max_length=254)),
                ("display_name", models.CharField(max_length=254, null=True)),
                ("master_server", models.CharField(max_length=254, null=True)),
                ("master_since", models.DateTimeField(null=True)),
                ("bound_server", models.CharField(max_length=254, null=True)),
                ("last_connect", models.DateTimeField(null=True)),
                ("registered", models.DateTimeField()),
            ],
            options={
                "db_table": "users",
            },
        ),
        migrations.CreateModel(
            name="DocState",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "username",
                        "device_id",
                        "doc_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("username", models.CharField(max_length=254)),
                ("device_id", models.CharField(max_length=64)),
                ("doc_id", models.CharField(max_length=64)),
                ("folder_id", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=254, null=True)),
                ("doc_type", models.SmallIntegerField()),
                ("revision", models.IntegerField()),
                ("size_bytes", models.BigIntegerField()),
                ("content_digest", models.BinaryField(max_length=20, null=True)),
                ("modified", models.DateTimeField()),
            ],
            options={
                "db_table": "doc_state",
            },
        ),
        migrations.AddIndex(
            model_name="docstate",
            index=models.Index(fields=["folder_id"], name="doc_state_folder"),
        ),
    ]
