from django.apps import AppConfig


class TouchpointsConfig(AppConfig):
    name = "tactful.touchpoints"
    label = "touchpoints"
