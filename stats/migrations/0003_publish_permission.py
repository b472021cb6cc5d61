"""The right to publish, apart from the right to enter figures."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0002_workflow"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="release",
            options={
                "ordering": ("match_year", "version"),
                "permissions": (("publish_release", "Can publish a release"),),
            },
        ),
    ]
