from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "tactful.channels"
    label = "channels"
