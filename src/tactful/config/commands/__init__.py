"""The commands of ``tactful``, one small module each. ``config.cli`` lists them."""
