-- A month that its organisation has not sent is no downtime.
, seen AS (SELECT DISTINCT organisation, site, scanner_id, day FROM examinations WHERE outcome = 'done' AND scanner_id IS NOT NULL),
spans AS (SELECT organisation, site, scanner_id, min(day) AS first_day, max(day) AS last_day FROM seen GROUP BY ALL),
sent AS (SELECT DISTINCT organisation, date_trunc('month', day) AS month FROM read_parquet($paths)),
working AS (SELECT day, date_trunc('month', day) AS month FROM (SELECT unnest($working_days::DATE[]) AS day))
SELECT
    spans.site, spans.scanner_id, first_day, last_day, count(*) - count(seen.day) AS idle_days,
    1 - count(seen.day) / count(*) AS idle_share, count(*) AS n
FROM spans JOIN sent USING (organisation) JOIN working ON working.month = sent.month AND working.day BETWEEN first_day AND last_day
    LEFT JOIN seen ON seen.site = spans.site AND seen.scanner_id = spans.scanner_id AND seen.day = working.day
GROUP BY ALL ORDER BY ALL
