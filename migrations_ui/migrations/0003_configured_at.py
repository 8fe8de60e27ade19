from django.db import migrations, models
from django.db.models import F


def assume_configured(apps, schema_editor):
    """Of moves that went through the gate before, a roll-back has to restore the backup."""
    moves = apps.get_model("migrations_ui", "Migration").objects.using(schema_editor.connection.alias)
    moves.filter(confirmed_at__isnull=False).update(configured_at=F("confirmed_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('migrations_ui', '0002_going_back_and_samples'),
    ]

    operations = [
        migrations.AddField(
            model_name='migration',
            name='configured_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(assume_configured, migrations.RunPython.noop),
    ]
