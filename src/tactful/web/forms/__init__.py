"""Forms of the staff pages: what a person types, checked in words they understand."""
