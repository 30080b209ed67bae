"""A segment as a form: lines in groups, each line a kind with a few controls. ``drafts`` is the whole,
``kinds`` and ``happening`` the lines."""
