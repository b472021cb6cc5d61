"""The guide: pages in plain English whose numbers come from the tables."""
