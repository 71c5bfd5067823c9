-- One row per factor and quarter of surgery, and one per field: operations with a cell recorded, but not readable.
-- grouping_bits: 1 in the rows of a factor, 6 in those of a field; what a row is not counted by is 0 there.
-- factor: 0 where the field feeds no factor, or the factor is known all the same.
select
    grouping(quarter, factor, field) as grouping_bits,
    -- Null where a row is not counted by it, as said above.
    coalesce(quarter, 0) as quarter,
    coalesce(factor, 0) as factor,
    coalesce(field, 0) as field,
    count(distinct operation) as operations
from cohort_of_unreadable
group by grouping sets ((quarter, factor), (field))
order by grouping_bits, quarter, factor, field
