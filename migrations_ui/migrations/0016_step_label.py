"""The steps have the labels of today."""
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('migrations_ui', '0015_standard_terms'),
    ]

    operations = [
        migrations.AlterField(
            model_name='migration',
            name='current_step',
            field=models.CharField(choices=[('preflight', 'Preflight'), ('stop', 'Stop'), ('backup', 'Backup'), ('fetch', 'Fetch'), ('schema', 'Schema'), ('compatibility', 'Compatibility'), ('copy', 'Copy'), ('verify', 'Verify'), ('cutover', 'Cut-over'), ('configure', 'Configure'), ('start', 'Start'), ('confirm', 'Check membership'), ('restart', 'Start again'), ('scratch', 'Scratch schema'), ('clean_up', 'Clean up'), ('follow', 'Follow')], default='preflight', max_length=20),
        ),
        migrations.AlterField(
            model_name='step',
            name='name',
            field=models.CharField(choices=[('preflight', 'Preflight'), ('stop', 'Stop'), ('backup', 'Backup'), ('fetch', 'Fetch'), ('schema', 'Schema'), ('compatibility', 'Compatibility'), ('copy', 'Copy'), ('verify', 'Verify'), ('cutover', 'Cut-over'), ('configure', 'Configure'), ('start', 'Start'), ('confirm', 'Check membership'), ('restart', 'Start again'), ('scratch', 'Scratch schema'), ('clean_up', 'Clean up'), ('follow', 'Follow')], max_length=20),
        ),
    ]
