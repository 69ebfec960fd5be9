SELECT site, test, quarters[1] AS lower_quartile, quarters[2] AS median, quarters[3] AS upper_quartile, mean, n FROM (
    SELECT site, test, quantile_cont(minutes, [0.25, 0.5, 0.75]) AS quarters, avg(minutes) AS mean, count(minutes) AS n
    FROM examinations WHERE outcome = 'done' AND minutes IS NOT NULL GROUP BY ALL
) ORDER BY ALL
