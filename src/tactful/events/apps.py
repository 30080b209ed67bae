from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "tactful.events"
    label = "events"
