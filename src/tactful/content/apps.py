from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "tactful.content"
    label = "content"
