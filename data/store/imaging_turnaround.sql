, cuts AS (
    SELECT
        site, test,
        quantile_cont(wait_days, [0.5, 0.85, 0.95]) AS waits, count(wait_days) AS waited,
        count(*) FILTER (wait_days > $request_limit::INTEGER) AS waited_over,
        quantile_cont(report_days, [0.5, 0.85, 0.95]) AS reports, count(report_days) AS reported,
        count(*) FILTER (report_days > $report_limit::INTEGER) AS reported_over
    FROM examinations WHERE outcome = 'done' GROUP BY ALL
),
steps AS (
    SELECT site, test, 'request_to_scan' AS step, waits AS cuts, $request_limit::INTEGER AS limit_days, waited_over AS late, waited AS n FROM cuts
    UNION ALL
    SELECT site, test, 'scan_to_report', reports, $report_limit::INTEGER, reported_over, reported FROM cuts
)
SELECT site, test, step, cuts[1] AS median, cuts[2] AS p85, cuts[3] AS p95, limit_days, late / n AS share_over, n
FROM steps WHERE n > 0 ORDER BY ALL
