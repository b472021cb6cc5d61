"""The decision tables T1 to T11 of docs/rules.md, each a pure function."""
