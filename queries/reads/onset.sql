-- One row per group and onset category: operations that failed within $within_days, by when their first symptom came.
-- For outcomes followed over time. Onset 0 is a failure without a category.
select
    ${by} as unit,
    onset,
    count(*) as operations
from cohort_of_operation_outcome
where
    outcome = $outcome
    and state = 1
    and day <= $within_days
group by unit, onset
order by unit, onset
