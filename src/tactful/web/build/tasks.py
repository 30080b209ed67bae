"""Tasks as rows: whom it is about, in their own words where they wrote, and one act to be done with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tactful.delivery import queries as outbox
from tactful.delivery.queries import Dispatch
from tactful.engagements import queries as engagements
from tactful.gate.rules.word import Word, word_on
from tactful.gate.sentences import reason_sentence
from tactful.inbox import queries as inbox
from tactful.inbox.queries import Task
from tactful.inbox.types import NOT_FOR
from tactful.web.build import results
from tactful.web.build.around import Around, link, post
from tactful.web.build.house_tasks import HOUSE_WORDS
from tactful.web.build.task_parts import Matters, Said, done
from tactful.web.templatetags.tactful import near
from tactful.web.types import Act, Meta, Tag, TaskLine, TaskRow
from tactful.wiring.deciding import goes_unseen_at

LONGEST_QUOTE = 280
NONE_OF_THESE = "none"  # the answer "no" to "is this it?"


def gather(tasks: Sequence[Task], around: Around) -> Matters:
    """At most six queries, however many tasks."""
    ids = {task.contact_id for task in tasks if task.contact_id is not None}
    entries = {ident for task in tasks if (ident := _entry_of(task)) is not None}
    messages = {task.subject_id for task in tasks if task.subject_kind == "message" and task.subject_id}
    views = {int(task.params["engagement"]) for task in tasks if "engagement" in task.params}
    threads = inbox.threads_of(ids)
    return Matters(
        around=around,
        entries=inbox.entries(entries),
        threads=threads,
        newest={thread.id: thread.newest for thread in threads.values()},
        messages=outbox.dispatches(messages),
        engagements=engagements.views(views, around.visit.now),
        held=outbox.held_by_contact(ids),
    )


def task_rows(
    tasks: Sequence[Task],
    matters: Matters,
    beside: Mapping[int, Sequence[Task]] | None = None,
    *,
    strong: bool = True,
) -> tuple[TaskRow, ...]:
    """``matters``: gathered once for all rows of a page. ``beside``: by the id of a card's first task, what
    else stands on it. ``strong``: the first act."""
    others = beside or {}
    rows = [
        replace(_row(task, matters), lines=tuple(_line(task, other, matters) for other in others[task.id]))
        if others.get(task.id)
        else _row(task, matters)
        for task in tasks
    ]
    if rows and strong:
        rows[0] = replace(rows[0], act=replace(rows[0].act, strong=True))
    return tuple(rows)


def may_be_ticked(task: Task) -> bool:
    """Whether its row offers "done"; the others are done by what they ask for."""
    return task.code not in DONE_OTHERWISE or not _is_whole(task)


def _is_whole(task: Task) -> bool:
    return task.subject_id is not None or task.code not in ABOUT


def _line(card: Task, task: Task, matters: Matters) -> TaskLine:
    said = _said(task, matters)
    client = matters.around.client(task.contact_id) if task.contact_id else None
    name = client.name if client and task.contact_id != card.contact_id else ""
    return TaskLine(said.matter, (said.act, *said.also), name)


def _said(task: Task, matters: Matters) -> Said:
    return (WORDS.get(task.code, _anything) if _is_whole(task) else _anything)(task, matters)


def _row(task: Task, matters: Matters) -> TaskRow:
    client = matters.around.client(task.contact_id) if task.contact_id else None
    said = _said(task, matters)
    unknown = task.kind == "unknown"
    return TaskRow(
        name=client.name if client else _("The business"),
        org=client.title if client else "",
        who=None if unknown or client is None else client,
        glyph="unknown" if unknown else "held",
        matter=said.matter,
        quote=said.quote,
        tag=said.tag,
        act=said.act,
        also=said.also,
        meta=_meta(task, matters),
    )


def _meta(task: Task, matters: Matters) -> tuple[Meta, ...]:
    visit = matters.around.visit
    lines = []
    owner = visit.person(task.owner_id)
    if owner and task.owner_id != visit.user.id:
        lines.append(Meta(_("%(name)s has it") % {"name": owner.name.split(" ")[0]}))
    elif held := matters.held.get(task.contact_id or 0, 0):
        lines.append(Meta(_("%(n)d held") % {"n": held}))
    elif entry := matters.entries.get(_entry_of(task) or 0):
        lines.append(Meta(_at(entry.at, visit.now)))
    if task.due_at:
        due = _("By %(moment)s") % {"moment": near(task.due_at, visit.now)}
        lines.append(Meta(due, late=task.due_at < visit.now))
    return tuple(lines[:2])


def _at(at: datetime, now: datetime) -> str:
    return pgettext("written", "Wrote %(moment)s") % {"moment": near(at, now)}


def _entry_of(task: Task) -> int | None:
    kind, _colon, ident = task.dedupe_key.partition(":")
    return int(ident) if kind in ("entry", "stop") and ident.isdigit() else None


def _answer(task: Task, matters: Matters) -> Said:
    entry = matters.entries.get(_entry_of(task) or 0)
    words = (entry.text.strip() if entry else "")[:LONGEST_QUOTE]
    thread = task.subject_id
    seen: dict[str, object] = {"revision": matters.newest.get(thread or 0, 0)}
    also = (
        post(_("Answered by phone"), "answered_elsewhere", thread, fields=seen | {"how": "phone"}),
        post(_("Answered in person"), "answered_elsewhere", thread, fields=seen | {"how": "in_person"}),
    )
    tag = TAGS.get(task.code, lambda: None)()
    act = link(_("Answer"), "conversation", thread)
    return Said(words or _("Wrote without words. Look at the files."), act, also, quote=bool(words), tag=tag)


def _unverified(task: Task, matters: Matters) -> Said:
    who = matters.around.first_name(task.contact_id)
    matter = _("A mail came under the address of %(name)s, and nobody vouches for it.") % {"name": who}
    return Said(matter, _thread(task, matters, _("Read it")), (done(task, _("It is all right")),))


def _asked_to_stop(task: Task, matters: Matters) -> Said:
    name = {"name": matters.around.first_name(task.contact_id)}
    said = _("%(name)s has asked us to stop writing. Reminders, offers and greetings have ended.") % name
    profile = link(_("Open the profile"), "client", task.contact_id)
    return Said(said, _thread(task, matters, _("Read it")), (done(task, _("I have seen it")), profile))


def _journey(task: Task, matters: Matters) -> Said:
    language = matters.around.visit.language
    title = task.params.get("title", {})
    answers = [
        done(task, str(each.get(language) or each.get("en") or each["id"]), str(each["id"]))
        for each in task.params.get("answers", ())
    ]
    act, *also = answers or [done(task, _("It is done"))]
    see = [_thread(task, matters, _("Open the conversation"))] if task.contact_id else []
    return Said(f"{title.get(language) or title.get('en', '')}.", act, (*also, *see))


def _is_this_it(task: Task, matters: Matters) -> Said:
    view = matters.engagements.get(int(task.params.get("engagement", 0)))
    names = [(each.id, each.name(matters.around.visit.language)) for each in view.missing] if view else []
    said = _("The file “%(file)s” has come. Is it what we asked for?") % {"file": task.params.get("file", "")}
    yes = [
        post(
            _("Yes, it is “%(name)s”") % {"name": name}, "task_document", task.id, fields={"document": ident}
        )
        for ident, name in names
    ]
    no = post(_("No, none of these"), "task_document", task.id, fields={"document": NONE_OF_THESE})
    act, *also = [*yes, no]
    return Said(said, act, tuple(also))


def _look_for_document(task: Task, matters: Matters) -> Said:
    name = task.params.get(matters.around.visit.language) or task.params.get("en", "")
    who = matters.around.first_name(task.contact_id)
    said = _("%(name)s says that “%(document)s” has been sent. Is it here?") % {"name": who, "document": name}
    here = post(_("It is here"), "document_receipt", task.subject_id, fields={"task": task.id})
    missing = post(_("Still missing"), "document_absence", task.subject_id, fields={"task": task.id})
    return Said(said, here, (missing,))


def _undelivered(task: Task, matters: Matters) -> Said:
    said = _("“%(title)s” did not arrive: %(detail)s") % {
        "title": _title(task, matters),
        "detail": results.said(task.params.get("detail", ""))
        or task.params.get("outcome")
        or _("no reason was given"),
    }
    also = _thread(task, matters, _("Write another way"))
    return Said(said, _message(task, _("Look at it")), (done(task, _("Taken care of")), also))


def _unknown(task: Task, matters: Matters) -> Said:
    title = {"title": _title(task, matters)}
    said = _("“%(title)s” has left, and no answer came. Nobody knows if it arrived.") % title
    also = (
        post(_("Send it again"), "decide_unknown", task.subject_id, fields={"again": "yes"}),
        post(_("Leave it"), "decide_unknown", task.subject_id, fields={"again": "no"}),
    )
    return Said(said, _message(task, _("Decide")), also, tag=Tag(_("Not known if it arrived")))


def _held_message(sentence: Callable[[], str]) -> Callable[[Task, Matters], Said]:
    def say(task: Task, matters: Matters) -> Said:
        row = matters.messages.get(task.subject_id or 0)
        word, why = word_on(outbox.reasons_of(row) if row else ())
        names = {"title": _title(task, matters), "name": matters.around.first_name(task.contact_id)}
        drop = post(_("Drop it"), "decide_late", task.subject_id, fields={"send": "no"})
        if why is None:
            words = _("Hand back, and send it") if word is Word.HANDS_BACK else _("Send it")
            also = (post(words, "decide_late", task.subject_id, fields={"send": "yes"}), drop)
            said = sentence() % names + _goes_unseen(row, matters)
        else:
            visit = matters.around.visit
            reason = reason_sentence(why, matters.around.names(task.contact_id), visit.reader)
            also = (_thread(task, matters, _("Write to them yourself")), drop)
            said = _("“%(title)s” cannot go to %(name)s: %(reason)s.") % {**names, "reason": reason}
        return Said(said, _message(task, _("Decide")), also, tag=Tag(_("Held"), "held"))

    return say


def _goes_unseen(row: Dispatch | None, matters: Matters) -> str:
    """Of one of the first ones that is a deadline: when it goes although nobody has looked."""
    at = goes_unseen_at(row) if row is not None else None
    if at is None:
        return ""
    moment = {"moment": near(at, matters.around.visit.now)}
    return " " + _("If nobody decides, it goes %(moment)s: no deadline is lost to a look.") % moment


def _missed(task: Task, matters: Matters) -> Said:
    names = {"title": _title(task, matters), "name": matters.around.first_name(task.contact_id)}
    said = _("“%(title)s” to %(name)s was held until it was too late. See to it yourself.") % names
    also = (done(task, _("Taken care of")),)
    return Said(said, _thread(task, matters, _("Write to them yourself")), also, tag=Tag(_("Too late")))


def _talk_to_me(task: Task, matters: Matters) -> Said:
    said = _("%(name)s asks to talk with a person.") % {"name": matters.around.first_name(task.contact_id)}
    act = link(_("Open the profile"), "client", task.contact_id)
    return Said(said, act, (done(task, _("We have talked")),))


def _upload_full(task: Task, matters: Matters) -> Said:
    if task.params.get("reason") == "disk":
        said = _(
            "The disk is nearly full, so the files of %(name)s were not taken. Make room, then ask again."
        )
    else:
        said = _("%(name)s has sent so much that the link takes no more. Ask for the rest another way.")
    said %= {"name": matters.around.first_name(task.contact_id)}
    act = link(_("Open the profile"), "client", task.contact_id)
    return Said(said, act, (done(task, _("Taken care of")),))


def _bad_news(task: Task, matters: Matters) -> Said:
    """The words are a person's from the first to the last: an empty page, and no template."""
    words = {"name": matters.around.first_name(task.contact_id), "about": task.params.get("about", "")}
    said = _("Tell %(name)s: %(about)s. Automation keeps quiet until you have.") % words
    told = (done(task, _("I have written")), done(task, _("Told by phone"), "phone"))
    return Said(said, _thread(task, matters, _("Write")), told, tag=Tag(_("Bad news"), "person"))


def _asks_to_be_forgotten(task: Task, matters: Matters) -> Said:
    words = {"name": matters.around.first_name(task.contact_id)}
    said = _(
        "%(name)s asks to be forgotten. Answer within a month of that: erase them, or tell them what you "
        "must keep and why."
    )
    look = link(_("See what would go"), "erase", task.contact_id)
    also = (_thread(task, matters, _("Write to them")), done(task, _("They have an answer"), "answered"))
    return Said(said % words, look, also)


def _broadcast(task: Task, matters: Matters) -> Said:
    name = {"name": task.params.get("name") or _("Without a name")}
    read = link(_("Read it"), "broadcast", task.subject_id)
    if matters.around.visit.user.id in task.params.get(NOT_FOR, ()):
        said = _("The broadcast “%(name)s” waits for somebody else to read it and say yes.") % name
    else:
        said = _("The broadcast “%(name)s” goes when you have read it and say yes.") % name
    return Said(said, read, tag=Tag(_("Waits for a second person"), "held"))


def _anything(task: Task, _matters: Matters) -> Said:
    """A code that this version does not know still stands on somebody's list."""
    where = link(_("Open the profile"), "client", task.contact_id) if task.contact_id else None
    act = done(task, _("It is done"))
    said = _("Something needs a person: %(code)s.") % {"code": task.code.replace("_", " ")}
    return Said(said, where or act, (act,) if where else ())


def _title(task: Task, matters: Matters) -> str:
    row = matters.messages.get(task.subject_id or 0)
    return matters.around.title(row.message) if row else _("A message")


def _message(task: Task, text: str) -> Act:
    return link(text, "message", task.subject_id) if task.subject_id else link(text, "outbox")


def _thread(task: Task, matters: Matters, text: str) -> Act:
    found = matters.threads.get(task.contact_id or 0)
    return link(text, "conversation", found.id) if found else link(text, "client", task.contact_id)


TAGS: Mapping[str, Callable[[], Tag]] = {
    "complaint": lambda: Tag(_("Complaint"), "brick"),
    "sensitive": lambda: Tag(_("Sensitive"), "person"),
}
# Without what they are about, these say no more than that they are there.
ABOUT = frozenset({"answer", "complaint", "sensitive", "look_for_document", "message_unknown", "message_held",
                   "message_late", "hold_ended", "hold_expired", "fact_unreadable",
                   "broadcast_waits"})  # fmt: skip
# A task of these is done by what it asks for (an answer, a choice, a document), not by a tick.
DONE_OTHERWISE = ABOUT | {"is_this_it"}
WORDS: Mapping[str, Callable[[Task, Matters], Said]] = {
    "answer": _answer,
    "complaint": _answer,
    "sensitive": _answer,
    "asked_to_stop": _asked_to_stop,
    "unverified": _unverified,
    "journey": _journey,
    "is_this_it": _is_this_it,
    "look_for_document": _look_for_document,
    "undelivered": _undelivered,
    "message_unknown": _unknown,
    "message_held": _held_message(
        lambda: _("“%(title)s” is held and soon too late for %(name)s. Shall it go?")
    ),
    "message_missed": _missed,
    "message_late": _held_message(
        lambda: _("“%(title)s” to %(name)s is later than meant, for nothing could be sent. Shall it go?")
    ),
    "hold_ended": _held_message(lambda: _("The hold on “%(title)s” to %(name)s has ended. Shall it go?")),
    "hold_expired": _held_message(
        lambda: _("“%(title)s” to %(name)s has waited long, and the reason still stands.")
    ),
    "fact_unreadable": _held_message(lambda: _("We cannot find out if “%(title)s” may go to %(name)s.")),
    "talk_to_me": _talk_to_me,
    "erasure_asked": _asks_to_be_forgotten,
    "upload_full": _upload_full,
    "bad_news": _bad_news,
    "broadcast_waits": _broadcast,
    **HOUSE_WORDS,
}
