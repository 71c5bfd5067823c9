-- One row: how many operations and patients are chosen, and from when to when they were operated.
-- Most patients have one operation, each of which is a patient: to tell apart are those of the others alone.
select
    count(*) as operations,
    count(*) filter (where only_operation)
    + count(distinct patient) filter (where not only_operation) as patients,
    min(operated) as first_operation,
    max(operated) as last_operation
from cohort_of_operation_band
order by operations
