-- One row per step of care and day since failure: operations whose first treatment of that step began then.
with begun as (
    select
        operation,
        step,
        -- Of those that answer a failure: day is not null.
        min(day) as first_day
    from cohort_of_treatment_event
    where day is not null
    group by operation, step
)

select
    step,
    first_day as day,
    count(*) as operations
from begun
group by step, first_day
order by step, first_day
