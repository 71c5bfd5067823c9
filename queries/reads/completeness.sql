-- One row per group, factor, quarter of surgery, and whether it is recorded: operations.
-- All factors in one pass. grouping_bits as in risk_factors; quarter: four times the year, and 0 to 3.
-- unit: the code of the group in the chosen column, which is none of the factors; 0 for everybody together.
select
    ${by} as unit,
    quarter,
    grouping(${factors}) as grouping_bits,
    coalesce(${factors}) as band,
    count(*) as operations
from cohort_of_operation_band
group by unit, quarter, grouping sets (${factors})
order by unit, grouping_bits, quarter, band
