import pandas as pd

SITE = "https://example.org"

applicants = pd.read_csv(f"{SITE}/data/applicants.csv")
imgs = applicants[applicants["applicant_type"] == "all_imgs"].set_index("match_year")
print(imgs[["matched_to_pgy1", "active_applicants", "match_rate_percent"]].tail())

# An empty cell is no zero: the column `missing` says of each why it is empty.
print(imgs.loc[imgs["active_applicants"].isna(), "missing"])
