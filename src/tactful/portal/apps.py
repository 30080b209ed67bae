from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tactful.portal"
    label = "portal"
