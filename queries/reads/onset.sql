-- One row per group and onset category: operations that failed within $within_days, by when their first symptom came.
-- For outcomes followed over time. Onset 0 is a failure without a category.
with counted as (
    select
        ${by} as unit,
        onset
    from cohort_of_operation_outcome
    where
        outcome = $outcome
        and state = 1
        and day <= $within_days
)

select
    unit,
    onset,
    count(*) as operations
from counted
group by unit, onset
order by unit, onset
