-- The examinations a pattern is asked of.
WITH examinations AS (
    SELECT * FROM read_parquet($$paths)
    WHERE ($$sites::VARCHAR[] IS NULL OR list_contains($$sites::VARCHAR[], site))
        AND ($$tests::VARCHAR[] IS NULL OR list_contains($$tests::VARCHAR[], test))
        AND ($$sources::VARCHAR[] IS NULL OR list_contains($$sources::VARCHAR[], source_of_referral))
)
$pattern
