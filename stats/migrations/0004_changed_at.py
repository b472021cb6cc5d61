import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0003_publish_permission"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="changed_at",
            field=models.DateTimeField(
                default=datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.UTC),
                editable=False,
                verbose_name="last edited",
            ),
        ),
        migrations.AddField(
            model_name="specialty",
            name="changed_at",
            field=models.DateTimeField(
                default=datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.UTC),
                editable=False,
                verbose_name="last edited",
            ),
        ),
    ]
