from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "tactful.gate"
    label = "gate"
