-- Long runs of letters and digits with a letter among them can be neither number nor postcode: most pseudonyms stop at this test.
SELECT '$called' AS name, $column AS cell, $row AS nth, $times AS times
FROM $rows WHERE $column IS NOT NULL AND NOT (length($column) > 9 AND regexp_full_match($column, '[0-9]*[A-Za-z][0-9A-Za-z]*'))
