from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "tactful.inbox"
    label = "inbox"
