-- Rows whose examination stands in an earlier row of the same organisation.
SELECT nth, count(*) OVER () AS times FROM (
    SELECT rowid AS nth, min(rowid) OVER (PARTITION BY organisation, examination_id) AS first
    FROM raw
    WHERE hash(organisation, examination_id) IN (
        SELECT hash(organisation, examination_id) FROM raw WHERE examination_id IS NOT NULL GROUP BY ALL HAVING count(*) > 1
    )
) WHERE nth > first ORDER BY nth LIMIT $$most
