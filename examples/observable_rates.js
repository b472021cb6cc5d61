rates = d3.csv("https://example.org/data/applicants.csv", d3.autoType)

// Years without a known rate are gaps in the line.
Plot.plot({
  y: { domain: [0, 100], grid: true, label: "Matched to a PGY-1 position (%)" },
  x: { tickFormat: "d", label: "Match year" },
  color: { legend: true },
  marks: [
    Plot.line(
      rates.filter((row) => ["us_img", "non_us_img"].includes(row.applicant_type)),
      { x: "match_year", y: "match_rate_percent", stroke: "applicant_type_label" },
    ),
  ],
})
