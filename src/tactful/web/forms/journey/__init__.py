"""The parts of a journey as fields of a form: ``show`` from the document, ``take`` back into it.

What is taken is checked by the published schema and nothing else, so that a click and a file know the same.
"""
