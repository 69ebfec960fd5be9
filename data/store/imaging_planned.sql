-- A planned session is a part of a day in which a scanner did an examination of outpatients or from general practice; it is open from the first
-- start of those to the end of the last examination begun before they were over. Minutes open are shared by tests as the minutes scanned are.
-- Scanners, tests and sessions go by numbers until the end: joining and grouping by text takes twice as long.
, scanners AS (
    SELECT site, scanner_id, row_number() OVER () AS scanner FROM (SELECT DISTINCT site, scanner_id FROM examinations WHERE scanner_id IS NOT NULL)
),
tests AS (SELECT test, row_number() OVER () AS test_number FROM (SELECT DISTINCT test FROM examinations)),
done AS MATERIALIZED (
    SELECT
        (scanner * 100000 + (day - DATE '1970-01-01')) * 4 + (start_second >= 3600 * $morning)::UTINYINT
            + (start_second >= 3600 * $afternoon)::UTINYINT + (start_second >= 3600 * $evening)::UTINYINT AS session,
        test_number, start_second, minutes::DOUBLE AS minutes, source_of_referral IN ('outpatient', 'gp') AS listed,
        list_contains($acute::VARCHAR[], source_of_referral) AS acute
    FROM examinations JOIN scanners USING (site, scanner_id) JOIN tests USING (test) WHERE outcome = 'done'
),
planned AS (
    SELECT session, min(start_second) AS first, max(start_second + 60 * minutes) AS last FROM done WHERE listed AND minutes > 0 GROUP BY ALL
),
within AS MATERIALIZED (
    SELECT
        session, test_number, first / 60 AS began, count(minutes) AS n, coalesce(sum(minutes), 0) AS scanned,
        max(start_second / 60 + coalesce(minutes, 0)) AS ended, count(*) FILTER (acute) AS acute
    FROM done JOIN planned USING (session) WHERE start_second >= first AND start_second < last GROUP BY ALL
),
whole AS (SELECT session, max(ended) - any_value(began) AS minutes, sum(scanned) AS scanned FROM within GROUP BY ALL),
days AS (
    SELECT
        session // 4 AS scanner_day, test_number, sum(within.scanned) AS minutes_scanned,
        sum(whole.minutes * within.scanned / whole.scanned) AS minutes_open, sum(acute)::BIGINT AS acute, sum(n)::BIGINT AS n
    FROM within JOIN whole USING (session) GROUP BY ALL
)
SELECT
    site, test, scanner_id, DATE '1970-01-01' + (scanner_day % 100000)::INTEGER AS day, minutes_scanned, minutes_open, acute, n
FROM days JOIN scanners ON scanner = scanner_day // 100000 JOIN tests USING (test_number) ORDER BY ALL
