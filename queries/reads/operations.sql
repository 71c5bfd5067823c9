-- One row: how many operations and patients are chosen, and from when to when they were operated.
-- Most patients have one operation, which is a patient by itself: only those of the others are to be told apart.
select
    count(*) as operations,
    count(*) filter (where only_operation)
    + count(distinct case when not only_operation then patient end) as patients,
    min(operated) as first_operation,
    max(operated) as last_operation
from cohort_of_operation_band
order by operations
