SELECT site, test, weekday, hour, count(*) AS n
FROM examinations WHERE outcome = 'done' GROUP BY ALL ORDER BY ALL
