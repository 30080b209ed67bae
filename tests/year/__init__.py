"""A whole business lived through in a minute: seeded, on the real database, with every part of the worker.

``world`` keeps both clocks and the worker that may die; ``firm`` makes the business; ``clients`` and
``staff`` are the people; ``notebook`` is what they know without asking the house; ``oracle`` says what must
never be, from the notebook and the rows, without any rule of the gate.
"""
