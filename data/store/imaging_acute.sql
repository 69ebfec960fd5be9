SELECT
    site, test, count(*) FILTER (list_contains($acute::VARCHAR[], source_of_referral)) AS acute,
    count(*) FILTER (list_contains($acute::VARCHAR[], source_of_referral)) / count(*) AS acute_share, count(*) AS n
FROM examinations WHERE outcome = 'done' AND source_of_referral IS NOT NULL GROUP BY ALL ORDER BY ALL
