-- One row per symptom said never to have been relieved that began more than six weeks after surgery.
-- severity: note
-- table: symptoms
-- column: onset_date
-- judged: course = 'persistent'
-- message: persistent means never relieved, but this is weeks after surgery. Is it new or worsened?
select
    child.source,
    child.line,
    cast(child.onset_date as varchar) as value
from staged_symptoms as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.course = 'persistent' and date_diff('day', operation.surgery_date, child.onset_date) > 42
order by child.source, child.line
