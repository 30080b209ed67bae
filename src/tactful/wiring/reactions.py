"""What follows from what: the causality of the whole product on one page.

Each function takes a list of facts and the business moment. It runs inside the transaction that moves
the log's cursor, so a reaction happens exactly once. Journeys listen to every fact through their own
reading of the log (``wiring.reactor``); they need no row here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tactful.events.types import Fact
from tactful.wiring import bad_news, looking, missed, second_person
from tactful.wiring import reacting as do

Reaction = Callable[[Sequence[Fact], datetime], None]

REACTIONS: Mapping[str, tuple[Reaction, ...]] = {
    # Somebody has stopped talking: what was held is looked at again.
    "conversation.closed": (do.wake_held,),
    "question.answered": (do.wake_held,),
    "handoff.returned": (do.wake_held,),
    "complaint.closed": (do.wake_held,),
    "promise.kept": (do.wake_held,),
    "hold.released": (do.wake_held_by_order, bad_news.drop_task),
    # A client writes.
    "reply.received": (do.ask_is_this_it,),
    "reply.unverified": (do.pause_marketing,),
    "contact.away": (do.rest_while_away,),
    # Documents come, or are said to have come.
    "document.claimed_sent": (do.ask_to_look_for_document,),
    "document.received": (do.settle_document_tasks,),
    "document.waived": (do.settle_document_tasks,),
    "document.missing": (do.settle_document_tasks,),
    # Journeys and delivery want people and changes.
    "task.wanted": (do.open_wanted_tasks,),
    "task.done": (do.settle_message_tasks, bad_news.let_go_on, looking.let_chase),
    "task.unwanted": (do.close_journey_tasks,),
    "contact.change_wanted": (do.change_contacts,),
    # A message has come to its end: what was asked about it is no question any more.
    "message.sent": (do.drop_questions,),
    "message.merged": (do.drop_questions,),
    "message.refused": (do.drop_questions,),
    "message.expired": (missed.keep_missed,),
    "message.cancelled": (do.drop_questions,),
    "message.released": (do.drop_questions,),
    # A broadcast waits for a second person, or does not any more.
    "broadcast.approval_asked": (second_person.ask_for_yes,),
    "broadcast.approved": (second_person.ask_for_yes,),
    "broadcast.edited": (second_person.ask_for_yes,),
    "broadcast.taken_back": (second_person.ask_for_yes,),
    "broadcast.cancelled": (second_person.ask_for_yes,),
    # Another program does not listen any more.
    "webhook.endpoint_stopped": (do.ask_about_endpoint,),
    # A calendar could not be read for a day.
    "calendar.failing": (do.ask_about_calendar,),
    # Messages that did not arrive.
    "message.dead": (do.drop_questions, do.ask_about_undelivered),
    "message.bounced": (do.suppress_bounced,),
}
