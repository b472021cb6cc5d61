"""What a row is called on the staff pages."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("imgportal", "0001_user"),
    ]

    operations = [
        migrations.AlterModelOptions(name="user", options={"verbose_name": "account"}),
    ]
