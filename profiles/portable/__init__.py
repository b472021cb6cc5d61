"""A record as a file that its member can take away and bring back."""
