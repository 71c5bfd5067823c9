-- One row per number of modifiable risks that an operation's patient had: operations, failures, and those since $since.
with counted as (
    select
        modifiable,
        state = 1 and day <= $within_days as has_failed,
        operated >= $since as recent
    from cohort_of_operation_outcome
    where outcome = $outcome
)

select
    modifiable,
    count(*) as operations,
    count(*) filter (where has_failed) as failed,
    count(*) filter (where recent) as recent_operations
from counted
group by modifiable
order by modifiable
