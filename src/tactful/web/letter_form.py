"""A block of a letter as its form was sent: what it holds, and what of it cannot be kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tactful.content.actions import keep_picture
from tactful.content.rules.letters import editing
from tactful.content.rules.letters.blocks import LONGEST, Block
from tactful.content.rules.pictures import LARGEST, PictureRefused
from tactful.web.access import StaffRequest
from tactful.web.forms.letters import picture_trouble, wrong_addresses
from tactful.web.types import Text
from tactful.wiring.letters import picture_url


@dataclass(frozen=True, slots=True)
class Posted:
    """``wrong``: by the name of a field, what cannot be kept of it and what to do."""

    block: Block
    wrong: Mapping[str, Text] = field(default_factory=dict)


def posted(request: StaffRequest) -> Posted:
    """A picture that was sent along is taken in, and its address stands in the block."""
    fresh = editing.fresh(request.POST.get("kind", "text"))
    given = {name: str(request.POST.get(f"b-{name}", ""))[:LONGEST] for name in fresh.fields}
    sent = request.FILES.get("b-file")
    wrong: dict[str, Text] = {}
    if sent is not None and "src" in given:
        try:
            content = sent.read(LARGEST + 1)
            kept = keep_picture(content, acting_user=request.user.id, now=request.visit.now)
            given["src"] = picture_url(kept.stored, kept.kind)
        except PictureRefused as refusal:
            wrong["src"] = picture_trouble(refusal.code)
    block = replace(fresh, fields=given)
    return Posted(block, wrong_addresses(block) | wrong)
