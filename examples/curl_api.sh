# IMGs since 2022, by the interface for programs. It refuses what it does not know, and says why.
curl --silent --fail-with-body "https://example.org/api/v1/figures/applicants?applicant_type=all_imgs&since=2022" |
  jq --raw-output '.results[] | [.match_year, .matched_to_pgy1, .active_applicants] | @csv'
