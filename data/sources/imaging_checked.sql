-- Rows with their codes in place of the ways these are written.
CREATE VIEW checked AS
SELECT
    raw.rowid AS nth, raw.examination_id, raw.patient_id, raw.scanner_id,
    $codes,
    $wanted AS wanted,
    raw.requested, raw.booked, raw.attended, raw.scanned_start, raw.scanned_end, raw.reported, raw.month, raw.unreadable
FROM raw $joins
