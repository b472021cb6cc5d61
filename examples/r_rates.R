applicants <- read.csv("https://example.org/data/applicants.csv", na.strings = "")
imgs <- subset(applicants, applicant_type == "all_imgs")
tail(imgs[, c("match_year", "matched_to_pgy1", "active_applicants", "match_rate_percent")])

# An empty cell is NA and no zero: the column `missing` says of each why it is empty.
imgs[is.na(imgs$active_applicants), c("match_year", "missing")]
