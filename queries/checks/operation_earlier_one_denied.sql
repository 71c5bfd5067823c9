-- One row per operation said to be the patient's first on the spine, though an earlier one is recorded.
-- It would count as a first operation in every adjustment.
-- severity: note
-- table: operations
-- column: prior_spine_operations
-- judged: prior_spine_operations = 0
-- message: an earlier operation of this patient is recorded. Correct the number.
with first_operation as (
    select
        patient_id,
        min(surgery_date) as operated
    from staged_operations
    group by patient_id
    having count(*) > 1
)

select
    child.source,
    child.line,
    child.prior_spine_operations as value
from staged_operations as child
inner join first_operation on child.patient_id = first_operation.patient_id
where
    child.prior_spine_operations = 0 and child.surgery_date > first_operation.operated
order by child.source, child.line
