-- The specialties in which IMGs filled the largest share of first-year positions.
SELECT specialty, positions_filled, round(img_share_percent, 1) AS img_share, confidence
FROM 'https://example.org/data/specialties.csv'
WHERE match_year = 2022 AND img_share_percent IS NOT NULL
ORDER BY img_share_percent DESC
LIMIT 5;
