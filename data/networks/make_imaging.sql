-- One row of text for each examination drawn, in order of time; minutes since the first day become local date-times.
COPY (
    SELECT
        printf('%016x', hash(d.rowid, 'examination')) AS examination_id,
        printf('%012x', hash(d.patient, 'patient') >> 16) AS patient_id,
        s.organisation,
        s.site,
        s.test,
        s.test || printf('%02d', d.examination_code) AS examination_code,
        s.asset AS scanner_id,
        o.word AS source_of_referral,
        p.word AS priority,
        strftime($epoch::TIMESTAMP + to_seconds((d.requested * 60)::BIGINT), '%Y-%m-%d %H:%M:%S') AS requested,
        strftime($epoch::TIMESTAMP + to_seconds((d.booked * 60)::BIGINT), '%Y-%m-%d %H:%M:%S') AS booked,
        strftime($epoch::TIMESTAMP + to_seconds((d.attended * 60)::BIGINT), '%Y-%m-%d %H:%M:%S') AS attended,
        strftime($epoch::TIMESTAMP + to_seconds((d.started * 60)::BIGINT), '%Y-%m-%d %H:%M:%S') AS scanned_start,
        strftime($epoch::TIMESTAMP + to_seconds((d.ended * 60)::BIGINT), '%Y-%m-%d %H:%M:%S') AS scanned_end,
        strftime($epoch::TIMESTAMP + to_seconds((d.reported * 60)::BIGINT), '%Y-%m-%d %H:%M:%S') AS reported,
        u.word AS outcome
    FROM (SELECT *, row_number() OVER () AS rowid FROM drawn) d
    JOIN scanners s USING (scanner)
    JOIN sources o ON o.code = d.source
    JOIN outcomes u ON u.code = d.outcome
    JOIN priorities p ON p.code = d.priority
    ORDER BY d.planned_start, d.rowid
) TO $path (FORM);
