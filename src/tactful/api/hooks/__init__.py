"""The door for webhooks of other systems: ``/hooks/in/…`` in front of Django, as that of the Tracking API."""
