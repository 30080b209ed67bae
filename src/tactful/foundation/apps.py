from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "tactful.foundation"
    label = "foundation"
