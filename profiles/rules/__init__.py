"""The rule book as pure functions: plain data and a date in, verdicts out."""
