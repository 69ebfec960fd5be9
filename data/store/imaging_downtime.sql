, seen AS (SELECT DISTINCT site, scanner_id, day FROM examinations WHERE outcome = 'done' AND scanner_id IS NOT NULL),
spans AS (SELECT site, scanner_id, min(day) AS first_day, max(day) AS last_day FROM seen GROUP BY ALL),
working AS (SELECT unnest($working_days::DATE[]) AS day)
SELECT site, scanner_id, first_day, last_day, count(*) - count(seen.day) AS idle_days, 1 - count(seen.day) / count(*) AS idle_share, count(*) AS n
FROM spans JOIN working ON working.day BETWEEN first_day AND last_day LEFT JOIN seen USING (site, scanner_id, day)
GROUP BY ALL ORDER BY ALL
