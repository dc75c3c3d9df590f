from django.db import migrations, models


def number_what_is_there(apps, schema_editor):
    """Give every entry the present number of the lists: whoever follows an earlier one gets all."""
    head = apps.get_model("catalogue", "ListHead").objects.filter(pk=1).first()
    number = head.version if head else 0
    entries = apps.get_model("assets", "Entry").objects
    entries.update(list_version=number)
    entries.filter(replaced_at__isnull=False).update(gone_in=number)


class Migration(migrations.Migration):

    dependencies = [
        ("assets", "0004_entry_reach"),
        ("catalogue", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="list_version",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="gone_in",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(number_what_is_there, migrations.RunPython.noop),
    ]
