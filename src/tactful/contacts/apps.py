from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "tactful.contacts"
    label = "contacts"
