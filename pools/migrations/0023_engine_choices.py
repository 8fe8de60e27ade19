# The choices are those of the registry, whatever it holds: a new engine needs no migration.
# Changes no table.

import pools.databases.engines
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pools', '0022_indexes_of_present_users'),
    ]

    operations = [
        migrations.AlterField(
            model_name='databaseconfiguration',
            name='engine',
            field=models.CharField(choices=pools.databases.engines.engine_choices, max_length=12),
        ),
    ]
