import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.lookups
from django.db import migrations, models

import stats.fields


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="footnote",
            name="table",
            field=models.CharField(
                choices=[
                    ("totals", "All applicants and positions"),
                    ("applicants", "Results by applicant type"),
                    ("placements", "Placed after SOAP"),
                    ("specialties", "First-year positions by specialty"),
                    ("scores", "Step 2 CK scores"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="problemreport",
            name="table",
            field=models.CharField(
                blank=True,
                choices=[
                    ("totals", "All applicants and positions"),
                    ("applicants", "Results by applicant type"),
                    ("placements", "Placed after SOAP"),
                    ("specialties", "First-year positions by specialty"),
                    ("scores", "Step 2 CK scores"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="PlacementResult",
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
                    "missing",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "suppressed",
                                "withheld by the publisher: fewer than five people",
                            ),
                            ("not_published", "not published"),
                            ("not_found", "not in the sources we hold"),
                            (
                                "restated",
                                "restated since, and the new count was not published",
                            ),
                            ("not_entered", "not entered yet"),
                        ],
                        help_text="Needed as soon as a value is empty. An empty value is never a zero.",
                        max_length=16,
                        verbose_name="why values are missing",
                    ),
                ),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            (
                                "A",
                                "Confirmed: two or more publications agree and the arithmetic closes.",
                            ),
                            ("B", "Good: one good source, and the arithmetic closes."),
                            (
                                "C",
                                "Use with care: derived from stated differences, or secondary sources.",
                            ),
                        ],
                        max_length=1,
                    ),
                ),
                (
                    "locator",
                    models.CharField(
                        blank=True,
                        help_text='Where in the source, e.g. "Table 4, row 3, p. 15".',
                        max_length=100,
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="How the value was found or derived."
                    ),
                ),
                (
                    "applicant_type",
                    models.CharField(
                        choices=[
                            ("us_md_senior", "US MD seniors"),
                            ("us_md_grad", "US MD graduates"),
                            ("us_do_senior", "US DO seniors"),
                            ("us_do_grad", "US DO graduates"),
                            ("us_do_all", "US DO students and graduates"),
                            ("us_img", "US IMGs"),
                            ("non_us_img", "Non-US IMGs"),
                            ("fifth_pathway", "Fifth Pathway"),
                            ("all", "All applicants"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "placed_pgy1_all",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="With those who submitted no rank order list.",
                        null=True,
                    ),
                ),
                (
                    "placed_pgy1_active",
                    models.PositiveIntegerField(blank=True, null=True),
                ),
                (
                    "published_placed_rate_all",
                    stats.fields.PrintedDecimalField(blank=True, null=True),
                ),
                (
                    "published_placed_rate_active",
                    stats.fields.PrintedDecimalField(blank=True, null=True),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_rows",
                        to="stats.release",
                    ),
                ),
                (
                    "sources",
                    models.ManyToManyField(
                        related_name="%(class)s_rows", to="stats.source"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "applicant_type"),
                        name="stats_placementresult_one_per_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("placed_pgy1_active__isnull", False),
                                ("placed_pgy1_all__isnull", False),
                            ),
                            models.Q(("missing", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="stats_placementresult_missing_has_a_reason",
                        violation_error_message="Give both numbers, or say why one is missing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("placed_pgy1_active__lte", models.F("placed_pgy1_all"))
                        ),
                        name="stats_placementresult_active_within_all",
                        violation_error_message="More active applicants were placed than there were placed in all.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.GreaterThanOrEqual(
                                django.db.models.functions.comparison.Cast(
                                    "published_placed_rate_all", models.FloatField()
                                ),
                                0,
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.comparison.Cast(
                                    "published_placed_rate_all", models.FloatField()
                                ),
                                100,
                            ),
                        ),
                        name="stats_placementresult_rate_of_all_is_a_percentage",
                        violation_error_message="A rate lies between 0 and 100 percent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            django.db.models.lookups.GreaterThanOrEqual(
                                django.db.models.functions.comparison.Cast(
                                    "published_placed_rate_active", models.FloatField()
                                ),
                                0,
                            ),
                            django.db.models.lookups.LessThanOrEqual(
                                django.db.models.functions.comparison.Cast(
                                    "published_placed_rate_active", models.FloatField()
                                ),
                                100,
                            ),
                        ),
                        name="stats_placementresult_rate_of_active_is_a_percentage",
                        violation_error_message="A rate lies between 0 and 100 percent.",
                    ),
                ],
            },
        ),
    ]
