import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0004_changed_at"),
    ]

    operations = [
        migrations.AlterField(
            model_name="source",
            name="accessed_on",
            field=models.DateField(
                help_text="The day on which the figures were read from it.",
                verbose_name="read on",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="key",
            field=models.SlugField(
                help_text="Short and lasting, e.g. nrmp-rd2025. It is part of an address and of every download, so it can never be changed.",
                max_length=40,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="kind",
            field=models.CharField(
                choices=[
                    ("official", "Official publication"),
                    ("secondary", "Secondary source"),
                    ("third party", "Third party"),
                ],
                help_text="Official: by the body whose figures they are. Secondary: another institution that repeats them. Third party: anybody else.",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="publisher",
            field=models.CharField(
                help_text="Who answers for it, e.g. NRMP.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="title",
            field=models.CharField(
                help_text="As the document itself is called.", max_length=300
            ),
        ),
        migrations.AlterField(
            model_name="specialty",
            name="name",
            field=models.CharField(
                help_text="As NRMP prints it now.",
                max_length=80,
                unique=True,
                verbose_name="official name",
            ),
        ),
        migrations.AlterField(
            model_name="specialty",
            name="short_name",
            field=models.CharField(
                help_text="What pages call it. A new name shows everywhere at once; the address stays.",
                max_length=40,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="specialty",
            name="slug",
            field=models.SlugField(
                help_text="Small letters and hyphens, e.g. internal-medicine. It is part of an address and of every download, so it can never be changed.",
                max_length=60,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="specialty",
            name="successor",
            field=models.ForeignKey(
                blank=True,
                help_text="Only when NRMP lists it under another name from now on. Its address then leads there, new years leave it out, and its published figures stay.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="stats.specialty",
                verbose_name="merged into",
            ),
        ),
        migrations.AddConstraint(
            model_name="specialty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor__isnull", True),
                    models.Q(("successor", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="stats_specialty_not_its_own_successor",
                violation_error_message="A specialty cannot be merged into itself.",
            ),
        ),
    ]
