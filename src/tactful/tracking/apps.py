from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "tactful.tracking"
    label = "tracking"
