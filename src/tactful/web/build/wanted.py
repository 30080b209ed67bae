"""Documents that we want of a client: whether we have asked for them at all."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from tactful.delivery.queries.asked import Gone, not_gone
from tactful.engagements.types import EngagementView


def not_asked(contact_id: int, views: Sequence[EngagementView]) -> Mapping[int, str]:
    """By engagement: what to say where the request has not gone yet."""
    topics = {f"engagement:{view.id}": view.id for view in views}
    words = {Gone.HELD: _("Not asked for yet, held"), Gone.NOT_YET: _("Not asked for yet")}
    found = not_gone(contact_id, topics) if topics else {}
    return {topics[topic]: words[gone] for topic, gone in found.items()}
