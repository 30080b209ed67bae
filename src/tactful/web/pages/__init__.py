"""What each page wants to know: one frozen dataclass per template, given to it as ``page``."""
