-- One row per number of modifiable risks recorded of an operation's patient, and of those not recorded whether or not:
-- operations, failures, and operations since $since.
select
    modifiable,
    modifiable_unknown,
    count(*) as operations,
    count(*) filter (where state = 1 and day <= $within_days) as failed,
    count(*) filter (where operated >= $since) as recent_operations
from cohort_of_operation_outcome
where outcome = $outcome
group by modifiable, modifiable_unknown
order by modifiable, modifiable_unknown
