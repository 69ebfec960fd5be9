-- One organisation's examinations of one month, in the order of the file, so that the same file gives the same bytes. Impossible intervals have no length.
COPY (
    SELECT
        examination_id, patient_id, organisation, site, test, examination_code, scanner_id, source_of_referral, priority,
        requested, booked, attended, scanned_start, scanned_end, reported, outcome,
        coalesce(scanned_start, booked, attended, requested)::DATE AS day,
        (epoch(scanned_start) % 86400)::INTEGER AS start_second,
        CASE WHEN scanned_end BETWEEN scanned_start AND scanned_start + to_minutes($longest)
             THEN (epoch(scanned_end - scanned_start) / 60)::FLOAT END AS minutes,
        CASE WHEN scanned_start::DATE >= requested::DATE THEN scanned_start::DATE - requested::DATE END::INTEGER AS wait_days,
        CASE WHEN reported = reported::DATE AND reported::DATE >= scanned_start::DATE THEN (reported::DATE - scanned_start::DATE)::FLOAT
             WHEN reported >= scanned_start THEN (epoch(reported - scanned_start) / 86400)::FLOAT END AS report_days
    FROM checked
    WHERE month = $$month AND organisation = $$organisation AND wanted
    $ordered
) TO $$path (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1000)
