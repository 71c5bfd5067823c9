-- One row: how many operations and patients are chosen, and from when to when they were operated.
select
    count(*) as operations,
    count(distinct patient) as patients,
    min(operated) as first_operation,
    max(operated) as last_operation
from cohort_of_operation_band
order by operations
