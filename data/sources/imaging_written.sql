-- The different ways a column is written, and where first.
CREATE TABLE written_$column AS
SELECT $column AS written, count(*) AS times, min(rowid) AS nth FROM raw WHERE $column IS NOT NULL GROUP BY ALL
