"""What publishing a draft would change, what speaks against it, and what happens then."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.journeys import queries
from tactful.journeys.queries import Crowd, JourneyDraft
from tactful.journeys.types import Definition
from tactful.web.build.editor import live_of
from tactful.web.build.editor_changes import changes
from tactful.web.build.editor_checks import check_lines, test_rows
from tactful.web.build.journeys import surroundings
from tactful.web.build.replays import said_of
from tactful.web.pages.editor import PublishPage
from tactful.web.templatetags.tactful import number
from tactful.web.types import Link, Text
from tactful.web.visit import Visit


def publish_page(draft: JourneyDraft, found: Definition, visit: Visit, error: Text = "") -> PublishPage:
    checks = check_lines(found, surroundings(), visit)
    live = draft.journey.live_version
    slug = draft.journey.slug
    told, link = said_of(slug, found)
    crowd = queries.standing(draft.journey_id, visit.now)
    return PublishPage(
        slug=slug,
        name=found.name.in_language(visit.language) or slug,
        revision=draft.revision,
        version=(live.number if live else 0) + 1,
        changes=changes(live_of(draft), found, visit.language),
        stops=tuple(each for each in checks if each.row.kind == "fail"),
        asks=tuple(each for each in checks if each.row.kind == "warn"),
        passing=sum(each.row.kind == "pass" for each in checks),
        tests=test_rows(draft.journey_id, found, visit),
        outcome=tuple(_outcome(draft, crowd)),
        can_publish=visit.user.may_set_up,
        is_first=live is None,
        error=error,
        older=() if visit.user.is_helper else tuple(_older(draft, crowd)),
        replay=() if visit.user.is_helper else told,
        replay_link=None if visit.user.is_helper else link,
    )


def _outcome(draft: JourneyDraft, crowd: Crowd) -> Iterator[Text]:
    if draft.journey.live_version is None:
        yield _("It comes switched off. You switch it on when you want clients to enter it.")
        return
    line, inside = queries.journey_line(draft.journey.slug), crowd.inside
    if line is not None and line.is_on:
        yield _("The journey is on: whoever begins from now on walks the new version.")
    else:
        yield _("The journey is off and stays off.")
    if inside:
        words = ngettext(
            "%(n)s client is inside and finishes on the version that it began with. "
            "Afterwards you can take it over.",
            "%(n)s clients are inside and finish on the version that they began with. "
            "Afterwards you can take them over.",
            inside,
        )
        yield words % {"n": number(inside)}
    else:
        yield _("Nobody is inside.")


def _older(draft: JourneyDraft, crowd: Crowd) -> Iterator[Link]:
    for version, count in queries.older_versions(draft.journey, crowd.versions).items():
        words = ngettext(
            "%(n)s client still walks version %(version)d",
            "%(n)s clients still walk version %(version)d",
            count,
        )
        url = reverse("web:journey_version", args=[draft.journey.slug, version.number])
        yield Link(words % {"n": number(count), "version": version.number}, url)
