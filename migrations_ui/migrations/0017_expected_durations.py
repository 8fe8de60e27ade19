"""A step is held against what earlier runs took."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("migrations_ui", "0016_step_label"),
    ]

    operations = [
        migrations.AddField(
            model_name="migration",
            name="source_bytes",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="step",
            name="expected_seconds",
            field=models.FloatField(
                help_text="As earlier runs took, worked out at the start; empty: none has yet.",
                null=True,
            ),
        ),
    ]
