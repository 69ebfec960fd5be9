-- Cells of moments that no form fits, with their place in the file.
SELECT field, nth, found, times FROM (
    SELECT *, count(*) OVER (PARTITION BY field) AS times, row_number() OVER (PARTITION BY field ORDER BY nth) AS place FROM (
        SELECT nth, unnest([$found], recursive := true) FROM (SELECT row_number() OVER () - 1 AS nth, * FROM (SELECT $cells FROM $source))
        WHERE $unreadable
    ) WHERE found IS NOT NULL
) WHERE place <= $$most ORDER BY field, nth
