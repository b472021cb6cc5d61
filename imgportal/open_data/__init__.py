"""Open data: every table of both applications as files and for programs."""
