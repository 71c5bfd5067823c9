-- One row per visit dated after the day on which its operation's patient was last heard of.
-- severity: note
-- table: follow_ups
-- column: visit_date
-- message: the visit lies after the last contact, on {last_contact}. Is the last contact out of date?
select
    child.source,
    child.line,
    cast(child.visit_date as varchar) as value,
    cast(operation.last_contact_date as varchar) as last_contact
from staged_follow_ups as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.visit_date > operation.last_contact_date
order by child.source, child.line
