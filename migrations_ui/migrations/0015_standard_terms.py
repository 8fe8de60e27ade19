"""The field's terms: a migration, its compatibility check, and an incompatible value."""

import django.db.models.deletion
from django.db import migrations, models


# (model, field, the word before, the word now)
WORDS = (
    ("Migration", "kind", "move", "migration"),
    ("Migration", "current_step", "fit", "compatibility"),
    ("Step", "name", "fit", "compatibility"),
    ("Finding", "group", "fit", "compatibility"),
    ("ValuePolicy", "loss", "misfit", "incompatible"),
)


def rename(apps, _schema_editor):
    for model, field, old, new in WORDS:
        rows = apps.get_model("migrations_ui", model).objects
        rows.filter(**{field: old}).update(**{field: new})


def rename_back(apps, _schema_editor):
    for model, field, old, new in WORDS:
        rows = apps.get_model("migrations_ui", model).objects
        rows.filter(**{field: new}).update(**{field: old})


class Migration(migrations.Migration):

    dependencies = [
        ('migrations_ui', '0014_standard_names'),
        ('pools', '0021_standard_terms'),
    ]

    operations = [
        migrations.AlterField(
            model_name='finding',
            name='group',
            field=models.CharField(help_text='server, database, pool, network or compatibility', max_length=20),
        ),
        migrations.AlterField(
            model_name='migration',
            name='current_step',
            field=models.CharField(choices=[('preflight', 'Preflight'), ('stop', 'Stop'), ('backup', 'Backup'), ('fetch', 'Fetch'), ('schema', 'Schema'), ('compatibility', 'Compatibility'), ('copy', 'Copy'), ('verify', 'Verify'), ('cutover', 'Cut-over'), ('configure', 'Configure'), ('start', 'Start'), ('confirm', 'Confirm'), ('restart', 'Start again'), ('scratch', 'Scratch schema'), ('clean_up', 'Clean up'), ('follow', 'Follow')], default='preflight', max_length=20),
        ),
        migrations.AlterField(
            model_name='migration',
            name='kind',
            field=models.CharField(choices=[('migration', 'migration'), ('rehearsal', 'rehearsal'), ('vendor', 'vendor transfer')], default='migration', max_length=10),
        ),
        migrations.AlterField(
            model_name='retainedlisting',
            name='database',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='retained', serialize=False, to='pools.databaseconfiguration'),
        ),
        migrations.AlterField(
            model_name='retainedrows',
            name='purpose',
            field=models.CharField(choices=[('sides', 'both sides of conflicting rows'), ('progress', "how far a migration's tables are"), ('chunks', 'chunks that were committed, with digests'), ('rejects', 'rejected rows'), ('keys', 'keys that are made again after the load'), ('staging', 'rows on their way; the next migration clears them'), ('unknown', 'not known to this console')], max_length=8),
        ),
        migrations.AlterField(
            model_name='step',
            name='name',
            field=models.CharField(choices=[('preflight', 'Preflight'), ('stop', 'Stop'), ('backup', 'Backup'), ('fetch', 'Fetch'), ('schema', 'Schema'), ('compatibility', 'Compatibility'), ('copy', 'Copy'), ('verify', 'Verify'), ('cutover', 'Cut-over'), ('configure', 'Configure'), ('start', 'Start'), ('confirm', 'Confirm'), ('restart', 'Start again'), ('scratch', 'Scratch schema'), ('clean_up', 'Clean up'), ('follow', 'Follow')], max_length=20),
        ),
        migrations.AlterField(
            model_name='valuepolicy',
            name='loss',
            field=models.CharField(choices=[('nanoseconds', 'nanoseconds'), ('nul', 'nul'), ('character', 'character'), ('blanks', 'blanks'), ('incompatible', 'incompatible')], max_length=12),
        ),
        migrations.RunPython(rename, rename_back),
    ]
