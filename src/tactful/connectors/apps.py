from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "tactful.connectors"
    label = "connectors"
