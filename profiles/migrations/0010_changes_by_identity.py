from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0009_indexes_by_day")]

    operations = [
        migrations.RenameField("rulechange", "row", "row_words"),
        migrations.RenameField("rulechange", "column", "column_words"),
        migrations.AddField(
            "rulechange",
            "row_identity",
            models.CharField(max_length=140, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "rulechange",
            "column_name",
            models.CharField(max_length=40, default=""),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "rulechange",
            models.Index(
                fields=["table", "row_identity"], name="profiles_rulechange_of_row"
            ),
        ),
    ]
