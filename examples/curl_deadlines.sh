# The dates of a season, and how sure each is.
curl --silent --fail https://example.org/data/deadlines.json |
  jq --raw-output '.rows[] | select(.match_year == 2027) | [.date, .event_label, .confidence] | @tsv'

# How often a value is empty, by its reason.
curl --silent --fail https://example.org/data/applicants.json |
  jq '[.rows[].missing[]] | group_by(.) | map({(first): length}) | add'
