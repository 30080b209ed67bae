from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "tactful.webhooks"
    label = "webhooks"
