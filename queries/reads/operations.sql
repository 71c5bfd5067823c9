-- One row: how many operations and patients are chosen, and from when to when they were operated.
-- Every operation stands once under each outcome, so that one outcome counts them all.
select
    count(*) as operations,
    count(distinct patient) as patients,
    min(operated) as first_operation,
    max(operated) as last_operation
from cohort_of_operation_outcome
where outcome = $outcome
order by operations
