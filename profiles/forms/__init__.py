"""What members type. A form validates; an action writes."""
