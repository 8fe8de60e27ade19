"""A profile says whether a server's Derby database is set aside."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pools', '0023_engine_choices'),
    ]

    operations = [
        migrations.AddField(
            model_name='commandprofile',
            name='derby_aside',
            field=models.BooleanField(default=True, help_text="Once its rows are in the pool and it is set to the pool's database, the server's Derby folder is renamed before it starts, so that it does not transfer the same rows by itself. A rollback puts it back. Not in a vendor transfer.", verbose_name='set Derby aside'),
        ),
    ]
