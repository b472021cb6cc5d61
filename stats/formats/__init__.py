"""Files of the open data, made of tables and their columns alone. Pure."""
