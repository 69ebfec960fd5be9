-- What each column holds that may be a person's; values are counted and placed, never given.
WITH cells AS (
    $cells
),
told AS (
    SELECT
        name, nth, times, cell,
        CASE WHEN length(cell) BETWEEN 10 AND 40 AND regexp_full_match(cell, $$whole)
             THEN regexp_replace(translate(regexp_replace(cell, '[.]0+$$', ''), '０１２３４５６７８９', '0123456789'), '[^0-9]', '', 'g')
        END AS digits,
        CASE WHEN length(cell) > 11 AND regexp_matches(cell, $$in_text)
             THEN list_transform(regexp_extract_all(cell, $$in_text, 1), lambda found: regexp_replace(found, '[^0-9]', '', 'g'))
        END AS inside,
        length(cell) BETWEEN 5 AND 9 AND regexp_full_match(upper(cell), $$postcode) AS postcode,
        contains(cell, ' ') AND regexp_matches(upper(cell), $$postcode_in_text) AS postcode_inside
    FROM cells
),
judged AS (
    SELECT
        * REPLACE (CASE WHEN digits IS NULL THEN inside END AS inside), nhs_right(digits) AS right_digits,
        list_filter(CASE WHEN digits IS NULL THEN inside END, lambda found: nhs_right(found)) AS right_inside,
        inside IS NOT NULL AND regexp_matches(cell, $$free_text) AS free
    FROM told
)
SELECT
    name,
    count(DISTINCT digits) AS candidates,
    count(DISTINCT digits) FILTER (right_digits) AS valid,
    min(nth) FILTER (right_digits) AS first_valid,
    count(DISTINCT inside[1]) FILTER (NOT free) AS inside_candidates,
    count(DISTINCT inside[1]) FILTER (NOT free AND list_contains(right_inside, inside[1])) AS inside_valid,
    min(nth) FILTER (NOT free AND list_contains(right_inside, inside[1])) AS first_inside_valid,
    sum(times) FILTER (free AND len(right_inside) > 0) AS in_text,
    min(nth) FILTER (free AND len(right_inside) > 0) AS first_in_text,
    sum(times) FILTER (postcode) AS postcodes,
    min(nth) FILTER (postcode) AS first_postcode,
    sum(times) FILTER (postcode_inside OR (postcode AND contains(cell, ' '))) AS certain_postcodes,
    min(nth) FILTER (postcode_inside OR (postcode AND contains(cell, ' '))) AS first_certain_postcode
FROM judged GROUP BY name
