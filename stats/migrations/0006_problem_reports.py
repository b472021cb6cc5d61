import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0005_merged_specialties"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProblemReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "match_year",
                    models.PositiveSmallIntegerField(
                        help_text="Empty when the report is about no single year.",
                        null=True,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(null=True)),
                (
                    "table",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("totals", "All applicants and positions"),
                            ("applicants", "Results by applicant type"),
                            ("specialties", "First-year positions by specialty"),
                            ("scores", "Step 2 CK scores"),
                        ],
                        max_length=12,
                    ),
                ),
                ("row", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(verbose_name="what is wrong")),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="For the answer only; deleted as soon as the report is handled.",
                        max_length=254,
                        verbose_name="e-mail address",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("answered", "Answered"),
                            ("closed", "Closed without an answer"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "answer",
                    models.TextField(
                        blank=True,
                        help_text="What was found and answered, for the staff. Nobody else reads it.",
                        verbose_name="internal note",
                    ),
                ),
                ("handled_at", models.DateTimeField(null=True, verbose_name="handled")),
            ],
            options={
                "verbose_name": "reported problem",
                "ordering": ("-received_at", "-pk"),
            },
        ),
        migrations.AddField(
            model_name="problemreport",
            name="handled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="problemreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.GreaterThanOrEqual(
                        django.db.models.functions.text.Length("text"), 10
                    ),
                    django.db.models.lookups.LessThanOrEqual(
                        django.db.models.functions.text.Length("text"), 4000
                    ),
                ),
                name="stats_problemreport_text_has_a_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="problemreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("match_year__isnull", False), ("version__isnull", False)),
                    models.Q(
                        ("match_year__isnull", True),
                        ("row", ""),
                        ("table", ""),
                        ("version__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="stats_problemreport_figure_has_a_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="problemreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("handled_at__isnull", True),
                        ("handled_by__isnull", True),
                        ("status", "open"),
                    ),
                    models.Q(
                        models.Q(("status", "open"), _negated=True),
                        ("handled_at__isnull", False),
                        ("handled_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="stats_problemreport_handled_says_when_and_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="problemreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "open"), ("email", ""), _connector="OR"),
                name="stats_problemreport_handled_keeps_no_address",
            ),
        ),
    ]
