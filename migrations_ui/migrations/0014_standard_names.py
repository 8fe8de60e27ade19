"""Standard names for models and fields. Tables keep theirs: renaming them would buy nothing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RENAMED_MODELS = (
    ("Clearing", "Purge"),
    ("Recheck", "Verification"),
    ("KeptListing", "RetainedListing"),
    ("KeptRows", "RetainedRows"),
)
RENAMED_FIELDS = (
    ("migration", "cleared_at", "purged_at"),
    ("migration", "paced_at", "throttle_changed_at"),
    ("migration", "telling_line", "last_progress_line"),
    ("reject", "set_aside_at", "skipped_at"),
    ("reject", "set_aside_by", "skipped_by"),
    ("reject", "unfit", "rejected"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("migrations_ui", "0013_failure_remedy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.AlterModelTable(old, f"migrations_ui_{old.lower()}")
            for old, _ in RENAMED_MODELS
        ),
        *(migrations.RenameModel(old, new) for old, new in RENAMED_MODELS),
        *(migrations.RenameField(model, old, new) for model, old, new in RENAMED_FIELDS),
        *(
            migrations.AlterField(
                model,
                name,
                models.ForeignKey(on_delete=on_delete, related_name=f"{model}s", to=to),
            )
            for model in ("purge", "verification")
            for name, on_delete, to in (
                ("asked_by", django.db.models.deletion.PROTECT, settings.AUTH_USER_MODEL),
                ("migration", django.db.models.deletion.CASCADE, "migrations_ui.migration"),
            )
        ),
    ]
