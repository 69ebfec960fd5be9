, scanner_days AS (
    SELECT
        site, test, scanner_id, day,
        sum(minutes::DOUBLE) AS scanned,
        max(start_second / 60 + minutes) - min(start_second) / 60 AS open
    FROM examinations WHERE outcome = 'done' AND minutes IS NOT NULL AND scanner_id IS NOT NULL GROUP BY ALL
)
SELECT
    site, test, sum(least(scanned, open)) AS minutes_scanned, sum(open) AS minutes_open,
    sum(least(scanned, open)) / nullif(sum(open), 0) AS utilisation, count(*) AS n
FROM scanner_days GROUP BY ALL ORDER BY ALL
