from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "tactful.delivery"
    label = "delivery"
