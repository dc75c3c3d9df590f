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
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["list_version"], name="assets_entry_came"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("gone_in__isnull", False)),
                fields=["gone_in"],
                name="assets_entry_went",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("gone_in__isnull", True), ("replaced_at__isnull", True)),
                    models.Q(
                        ("gone_in__gte", models.F("list_version")),
                        ("replaced_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="assets_entry_goes_under_a_number",
            ),
        ),
    ]
