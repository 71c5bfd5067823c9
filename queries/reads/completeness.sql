-- One row per factor, quarter of surgery, and whether it is recorded: operations.
-- All factors in one pass. grouping_bits as in risk_factors; quarter: four times the year, and 0 to 3.
select
    quarter,
    grouping(${factors}) as grouping_bits,
    coalesce(${factors}) as band,
    count(*) as operations
from cohort_of_operation_band
group by quarter, grouping sets (${factors})
order by grouping_bits, quarter, band
