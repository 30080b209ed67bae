"""Staff pages. State changes are resources: POST makes them, GET changes nothing."""

from django.urls import URLPattern, path, register_converter
from django.views.i18n import set_language

from tactful.web.access import IdConverter
from tactful.web.views import clients, entries, inbox, live, outbox, tasks, today
from tactful.web.views.parts import parts

register_converter(IdConverter, "id")

from tactful.web.urls_more import urlpatterns as more  # noqa: E402  (its addresses may use <id:…>)

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", today.today, name="today"),
    path("hold/", today.hold_everything, name="hold_everything"),
    path("hold/release/", today.release_everything, name="release_everything"),
    path("sending/confirmation/", today.confirm_sending, name="confirm_sending"),
    path("tasks/<id:pk>/done/", tasks.task_done, name="task_done"),
    path("tasks/<id:pk>/owner/", tasks.task_owner, name="task_owner"),
    path("tasks/<id:pk>/document/", tasks.task_document, name="task_document"),
    path("documents/<id:pk>/receipt/", tasks.document_receipt, name="document_receipt"),
    path("documents/<id:pk>/absence/", tasks.document_absence, name="document_absence"),
    path("documents/<id:pk>/waiver/", tasks.document_waiver, name="document_waiver"),
    path("inbox/", inbox.conversations, name="inbox"),
    path("inbox/<id:pk>/", inbox.conversation, name="conversation"),
    path("inbox/<id:pk>/reply/", inbox.reply, name="reply"),
    path("inbox/<id:pk>/closure/", inbox.closure, name="closure"),
    path("inbox/<id:pk>/handoff/", inbox.handoff, name="handoff"),
    path("inbox/<id:pk>/elsewhere/", inbox.answered_elsewhere, name="answered_elsewhere"),
    path("inbox/<id:pk>/snooze/", inbox.snoozed, name="snooze"),
    path("inbox/<id:pk>/assignment/", inbox.assignment, name="assignment"),
    path("inbox/<id:pk>/settlement/", inbox.settlement, name="settlement"),
    path("entries/<id:pk>/", entries.entry, name="entry"),
    path("entries/<id:pk>/html/", entries.entry_html, name="entry_html"),
    path("entries/<id:pk>/no-objection/", entries.not_an_objection, name="not_an_objection"),
    path("files/<id:pk>/", entries.entry_file, name="entry_file"),
    path("clients/", clients.clients, name="clients"),
    path("clients/<id:pk>/", clients.client, name="client"),
    path("clients/<id:pk>/conversation/", clients.write_to, name="write_to"),
    path("clients/<id:pk>/copy/", clients.copy_for_client, name="copy_for_client"),
    path("clients/<id:pk>/notes/", clients.client_note, name="client_note"),
    path("clients/<id:pk>/holds/", clients.hold_client, name="hold_client"),
    path("clients/<id:pk>/bad-news/", clients.bad_news, name="bad_news"),
    path("clients/<id:pk>/bereavement/", clients.bereavement, name="bereavement"),
    path("clients/<id:pk>/bereavement/end/", clients.end_bereavement, name="end_bereavement"),
    path("holds/<id:pk>/release/", clients.release_hold, name="release_hold"),
    path("outbox/", outbox.messages, name="outbox"),
    path("outbox/<id:pk>/", outbox.message, name="message"),
    path("outbox/<id:pk>/frame/", outbox.message_frame, name="message_frame"),
    path("outbox/<id:pk>/stop/", outbox.stop_message, name="stop_message"),
    path("outbox/<id:pk>/late/", outbox.decide_late, name="decide_late"),
    path("outbox/<id:pk>/unknown/", outbox.decide_unknown, name="decide_unknown"),
    path("live/", live.live, name="live"),
    path("parts/", parts, name="parts"),
    path("language/", set_language, name="language"),
    *more,
]
