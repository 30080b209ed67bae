"""The door of the Tracking API: ``/v1/…`` in front of Django, which would cost more than the work."""
