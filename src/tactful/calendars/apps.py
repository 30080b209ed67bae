from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "tactful.calendars"
    label = "calendars"
