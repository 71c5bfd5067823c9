-- One row per answer given more than a year before the operation: what it was then, it need not be at surgery.
-- severity: note
-- table: follow_ups
-- column: visit_date
-- message: {days} days before the operation: outdated as a baseline. Is there a later one?
select
    child.source,
    child.line,
    cast(child.visit_date as varchar) as value,
    date_diff('day', child.visit_date, operation.surgery_date) as days
from staged_follow_ups as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    date_diff('day', child.visit_date, operation.surgery_date) > 365
order by child.source, child.line
