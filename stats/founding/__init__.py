"""The founding figures as files: read, checked, and handed on as plain data."""
