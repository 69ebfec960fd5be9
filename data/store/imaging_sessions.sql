, run AS (
    SELECT
        site, test, scanner_id, day,
        (start_second >= 3600 * $morning)::UTINYINT + (start_second >= 3600 * $afternoon)::UTINYINT
            + (start_second >= 3600 * $evening)::UTINYINT AS part,
        count(*) AS examinations, bool_or(source_of_referral IN ('outpatient', 'gp')) AS listed
    FROM examinations WHERE outcome = 'done' AND scanner_id IS NOT NULL GROUP BY ALL
)
SELECT
    site, test, isodow(day) AS weekday, list_extract($parts_of_day::VARCHAR[], part + 1) AS part_of_day,
    count(*) AS sessions, count(*) FILTER (listed) AS listed_sessions, sum(examinations)::BIGINT AS n
FROM run GROUP BY ALL ORDER BY ALL
