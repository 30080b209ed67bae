"""The one exception that reaches the operator as a sentence instead of a trace."""

EXIT_CODE = 2


class Trouble(Exception):
    """One clear sentence: what is wrong, and what to do about it. The command line exits with 2."""
