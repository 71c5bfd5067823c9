-- One row per number of modifiable risks that an operation's patient had: operations, failures, and those since $since.
select
    modifiable,
    count(*) as operations,
    count(*) filter (where state = 1 and day <= $within_days) as failed,
    count(*) filter (where operated >= $since) as recent_operations
from cohort_of_operation_outcome
where outcome = $outcome
group by modifiable
order by modifiable
