"""The field's terms: a server is drained, and resumes service."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


KINDS = {"withdraw": "drain", "restore": "resume_service"}


def rename(apps, _schema_editor):
    for old, new in KINDS.items():
        apps.get_model("pools", "Operation").objects.filter(kind=old).update(kind=new)


def rename_back(apps, _schema_editor):
    for old, new in KINDS.items():
        apps.get_model("pools", "Operation").objects.filter(kind=new).update(kind=old)


class Migration(migrations.Migration):

    dependencies = [
        ('pools', '0020_pattern_syntax'),
    ]

    operations = [
        migrations.RenameField(
            model_name='commandprofile',
            old_name='withdraw',
            new_name='drain',
        ),
        migrations.RenameField(
            model_name='commandprofile',
            old_name='restore_availability',
            new_name='resume_service',
        ),
        migrations.AlterField(
            model_name='commandprofile',
            name='probe_request',
            field=models.CharField(blank=True, default='', help_text="The request by which a device syncs, as a method and a path with {user} and {device}. The last step of a migration sends it as the pool's probe user. Empty: no probe.", max_length=255, validators=[django.core.validators.RegexValidator('^[A-Z]+ /\\S*\\Z', 'Enter a method and a path, for example POST /traveler/sync.')]),
        ),
        migrations.AlterField(
            model_name='commandprofile',
            name='transfer_failure',
            field=models.CharField(blank=True, default='\\b(?:transfer|migration) (?:has )?(?:failed|stopped)|did not start', help_text='For a line that says that the transfer has failed; the migration then stops for a person. No line of the vendor is documented: the default is ours, put in what yours prints. RE2 syntax: no look-ahead, look-behind or back-references; \\w, \\d and \\b know ASCII only.', max_length=255),
        ),
        migrations.AlterField(
            model_name='commandprofile',
            name='transfer_silence',
            field=models.PositiveIntegerField(default=600, help_text='Seconds without a new line after which the migration warns. It never fails for it.', validators=[django.core.validators.MinValueValidator(10)]),
        ),
        migrations.AlterField(
            model_name='operation',
            name='kind',
            field=models.CharField(choices=[('hadr_show', 'Show pool members'), ('status', 'Show status'), ('drain', 'Drain'), ('resume_service', 'Resume service'), ('db_show', 'Show database setting'), ('db_check', 'Check database setting'), ('log_collect', 'Collect logs')], max_length=20),
        ),
        migrations.AlterField(
            model_name='pool',
            name='probe_login',
            field=models.ForeignKey(blank=True, help_text="A mail user: a probe device of theirs syncs at the end of each migration into the pool. The servers' command profile says how a device syncs.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='probed_pools', to='pools.login'),
        ),
        migrations.RunPython(rename, rename_back),
    ]
