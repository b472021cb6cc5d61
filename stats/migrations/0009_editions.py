"""Numbers the publications: the founding figures are edition 1, each later one the next."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q


def number_publications(apps: Any, schema_editor: Any) -> None:
    releases = apps.get_model("stats", "Release").objects.using(
        schema_editor.connection.alias
    )
    published = releases.filter(status="published")
    # Loaded in one go: one publication.
    edition = 1 if published.filter(founding=True).update(edition=1) else 0
    later = published.filter(founding=False).order_by("published_at", "pk")
    for release in list(later):
        edition += 1
        releases.filter(pk=release.pk).update(edition=edition)


class Migration(migrations.Migration):
    dependencies = [("stats", "0008_review_notes")]

    operations = [
        migrations.AddField(
            model_name="release",
            name="edition",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="The number of the edition of all figures that it was "
                "published with.",
                null=True,
            ),
        ),
        migrations.RunPython(number_publications, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                name="stats_release_edition_when_published",
                condition=Q(status="published", edition__isnull=False, edition__gte=1)
                | (~Q(status="published") & Q(edition__isnull=True)),
            ),
        ),
    ]
