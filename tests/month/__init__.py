"""A month of a five-person firm with 120 clients, through the real engine: whose people behave like people.

The machinery is that of ``tests.year``. What is its own: a real mailbox by a real token, people who say and
get things that they do not note at once, and the measures of the budget. ``bin/bench month`` runs it.
"""
