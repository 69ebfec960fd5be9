SELECT
    site, test,
    count(*) FILTER (outcome = 'dna') AS dna,
    count(*) FILTER (outcome = 'cancelled_patient') AS cancelled_patient,
    count(*) FILTER (outcome = 'cancelled_hospital') AS cancelled_hospital,
    count(*) FILTER (outcome IN ('done', 'dna')) AS kept_or_missed,
    count(*) FILTER (outcome = 'dna') / nullif(count(*) FILTER (outcome IN ('done', 'dna')), 0) AS dna_rate,
    count(*) FILTER (outcome IN ('cancelled_patient', 'cancelled_hospital')) / count(*) AS cancellation_rate,
    count(*) AS n
FROM examinations WHERE booked IS NOT NULL OR source_of_referral IN ('outpatient', 'gp') GROUP BY ALL ORDER BY ALL
