from django.apps import AppConfig


class EngagementsConfig(AppConfig):
    name = "tactful.engagements"
    label = "engagements"
