from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "tactful.segments"
    label = "segments"
