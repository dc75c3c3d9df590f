from django.db import migrations, models


class Migration(migrations.Migration):
    # Apart from 0005: PostgreSQL alters no table whose rows the same transaction changed.

    dependencies = [("assets", "0005_changes")]

    operations = [
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
