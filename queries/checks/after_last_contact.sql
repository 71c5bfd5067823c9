-- One row per ${noun} dated after the day on which its operation's patient was last heard of.
-- tables: follow_ups, events
-- name: ${record}_after_last_contact
-- severity: note
-- column: ${day}
-- message: the ${noun} lies after the last contact, on {last_contact}. Is the last contact out of date?
select
    child.source,
    child.line,
    cast(child.${day} as varchar) as value,
    cast(operation.last_contact_date as varchar) as last_contact
from ${staged} as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.${day} > operation.last_contact_date
order by child.source, child.line
