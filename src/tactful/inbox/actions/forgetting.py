"""The words of finished conversations do not stay for ever where a trade keeps them short (R91)."""

from datetime import datetime

from django.db import transaction

from tactful.inbox.models import Conversation, Entry

AT_ONCE = 1_000  # entries


@transaction.atomic
def forget_words(before: datetime) -> int:
    """Empty what was said before this moment in conversations that are closed; that it was said, when and by
    whom, stays. Answers how many entries."""
    old = Entry.objects.filter(at__lt=before, conversation__state=Conversation.State.CLOSED).exclude(
        text="", full_text="", html="", subject=""
    )
    ids = list(old.order_by("at").values_list("id", flat=True)[:AT_ONCE])
    threads = set(Entry.objects.filter(id__in=ids).values_list("conversation_id", flat=True))
    Conversation.objects.filter(id__in=threads, last_at__lt=before).update(subject="")
    return Entry.objects.filter(id__in=ids).update(text="", full_text="", html="", subject="")
