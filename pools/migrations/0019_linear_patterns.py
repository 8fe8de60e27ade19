from django.db import migrations, models

OLD = r'\b(?:transfer|migrat|copy|copied)\w*\b.*?(?<![\d.,])(?:(?P<percent>\d{1,3}) ?(?:%|percent)|(?P<done>\d[\d.,]*) of (?P<total>\d[\d.,]*))'
NEW = OLD.replace(r'(?<![\d.,])', r'[^\d.,]')


def write_the_linear_one(apps, schema_editor):
    """Only the default is replaced: the words of an administrator stay, and are refused when read."""
    profiles = apps.get_model('pools', 'CommandProfile').objects
    profiles.filter(transfer_progress=OLD).update(transfer_progress=NEW)


def write_the_old_one(apps, schema_editor):
    profiles = apps.get_model('pools', 'CommandProfile').objects
    profiles.filter(transfer_progress=NEW).update(transfer_progress=OLD)


class Migration(migrations.Migration):

    dependencies = [
        ('pools', '0018_rejected_login'),
    ]

    operations = [
        migrations.AlterField(
            model_name='commandprofile',
            name='transfer_progress',
            field=models.CharField(blank=True, default='\\b(?:transfer|migrat|copy|copied)\\w*\\b.*?[^\\d.,](?:(?P<percent>\\d{1,3}) ?(?:%|percent)|(?P<done>\\d[\\d.,]*) of (?P<total>\\d[\\d.,]*))', help_text="A regular expression for a line that says how far a server's own transfer is. It may name (?P<percent>…), or (?P<done>…) and (?P<total>…). No line of the vendor is documented: the default is ours, put in what yours prints.", max_length=255),
        ),
        migrations.RunPython(write_the_linear_one, write_the_old_one),
    ]
