-- Every row of the file as it stands, moments read; where one cannot be read, the row says so and its text is looked up again.
CREATE TABLE raw AS
SELECT
    $texts,
    $moments,
    datediff('month', DATE '1970-01-01', coalesce(scanned_start, booked, attended, requested))::INTEGER AS month,
    $unreadable AS unreadable
FROM (SELECT $cells FROM $source)
