-- One row per factor and band: what is known at the visit that a landmark outcome asks about.
-- grouping_bits and band as in risk_factors; the counts as in landmark.
select
    grouping(${factors}) as grouping_bits,
    coalesce(${factors}) as band,
    count(*) as operations,
    count(*) filter (where state = 1) as failed,
    count(*) filter (where state in (0, 1)) as answered,
    count(*) filter (where state in (0, 1, 3)) as due
from cohort_of_operation_outcome
where outcome = $outcome
group by grouping sets (${factors})
order by grouping_bits, band
