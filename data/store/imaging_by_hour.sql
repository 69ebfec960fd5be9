SELECT site, test, isodow(day) AS weekday, start_second // 3600 AS hour, count(*) AS n
FROM examinations WHERE outcome = 'done' GROUP BY ALL ORDER BY ALL
