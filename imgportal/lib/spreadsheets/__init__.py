"""Reads the rows of a CSV file or a workbook that a person brings, within bounds."""
