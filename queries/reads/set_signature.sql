-- One row per group: what tells one set of operations from another, whatever the words by which it was chosen.
-- operations, and of their days of surgery, counted from 2000, the sum and the sum of the squares.
-- unit: the code of the group in the chosen column; 0 for everybody together.
select
    ${by} as unit,
    count(*) as operations,
    -- Every operation has its day: none is null where there is a row.
    cast(sum(date_diff('day', date '2000-01-01', operated)) as bigint) as days,
    cast(
        sum(date_diff('day', date '2000-01-01', operated) * date_diff('day', date '2000-01-01', operated)) as bigint
    ) as squares
from cohort_of_operation_band
group by unit
order by unit
