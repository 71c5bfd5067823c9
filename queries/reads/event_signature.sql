-- One row per group: what tells one set of failures and deaths from another, as set_signature does of operations.
-- events, and of the days on which they came the sum, and the sum of each times its day of surgery, from 2000.
-- unit: the code of the group in the chosen column; 0 for everybody together.
select
    ${by} as unit,
    count(*) as events,
    -- A state has its day, and an operation too: none is null where there is a row.
    cast(sum(cast(day as integer) + 100000 * state) as bigint) as days,
    cast(
        sum((cast(day as integer) + 100000 * state) * date_diff('day', date '2000-01-01', operated)) as bigint
    ) as products
from cohort_of_operation_outcome
where outcome = $outcome and state in (1, 2)
group by unit
order by unit
