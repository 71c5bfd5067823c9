-- One row per treatment that began before any failure of its operation was found; it answers none.
-- severity: note
-- table: treatments
-- column: start_date
-- message: the treatment began before the failure was found, on {found}. It is kept, and answers no failure.
with first_finding as (
    select
        operation_id,
        min(diagnosis_date) as found
    from staged_diagnoses
    group by operation_id
)

select
    child.source,
    child.line,
    cast(child.start_date as varchar) as value,
    cast(first_finding.found as varchar) as found
from staged_treatments as child
inner join first_finding on child.operation_id = first_finding.operation_id
where
    child.start_date < first_finding.found
order by child.source, child.line
