from django.apps import AppConfig


class BroadcastsConfig(AppConfig):
    name = "tactful.broadcasts"
    label = "broadcasts"
