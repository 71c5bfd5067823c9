-- One row per answer before surgery with no disability at all: hardly a reason to operate.
-- severity: note
-- table: follow_ups
-- column: odi
-- judged: odi is not null
-- message: an ODI of 0 before surgery is no disability at all. Was it not answered? Then leave it empty.
select
    child.source,
    child.line,
    child.odi as value
from staged_follow_ups as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.odi = 0 and child.visit_date <= operation.surgery_date
order by child.source, child.line
