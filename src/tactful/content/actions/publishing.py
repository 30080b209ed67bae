"""Writing templates: a new version each time, an old one never changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from tactful.content.models import Template, TemplateVersion
from tactful.content.rules.compile import check_template
from tactful.content.rules.letters.blocks import Blocks, to_json
from tactful.content.types import MailSource, TemplateRefused
from tactful.foundation.actions import record_audit


@dataclass(frozen=True, slots=True)
class NewTemplate:
    slug: str
    name_en: str
    name_nb: str
    source: MailSource
    blocks: Blocks | None = None  # what the source was written from


@transaction.atomic
def publish_template(new: NewTemplate, *, acting_user: int | None, now: datetime) -> TemplateVersion:
    """Make this the live version in its language. Raises ``TemplateRefused`` with every problem."""
    problems = check_template(new.source)
    if problems:
        raise TemplateRefused(tuple(problems))
    names = {"name_en": new.name_en, "name_nb": new.name_nb}
    template, _fresh = Template.objects.select_for_update().get_or_create(slug=new.slug, defaults=names)
    mine = TemplateVersion.objects.filter(template=template, language=new.source.language)
    number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    mine.filter(is_live=True).update(is_live=False)
    row = TemplateVersion.objects.create(
        template=template,
        number=number,
        language=new.source.language,
        subject=new.source.subject,
        mjml=new.source.mjml,
        text=new.source.text,
        variables=_declared(new.source),
        blocks=None if new.blocks is None else to_json(new.blocks),
        created_at=now,
        by=acting_user,
    )
    body = {"template": new.slug, "language": new.source.language, "number": number}
    record_audit(
        actor=acting_user, verb="template.published", subject=f"template:{template.id}", now=now, body=body
    )
    return row


def _declared(source: MailSource) -> dict[str, Any]:
    return {
        "preheader": source.preheader,
        "unsubscribe": source.unsubscribe,
        "declared": [
            {
                "name": variable.name,
                "default": variable.default,
                "kind": variable.kind.value,
                "required": variable.required,
                "sample": variable.sample,
            }
            for variable in source.variables
        ],
    }
