SELECT site, test, date_trunc('month', day)::DATE AS month, count(*) AS n
FROM examinations WHERE outcome = 'done' GROUP BY ALL ORDER BY ALL
