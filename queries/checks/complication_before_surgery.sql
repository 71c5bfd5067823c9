-- One row per complication dated before its operation: what follows an operation cannot precede it.
-- severity: row
-- table: complications
-- column: complication_date
-- message: the complication lies before the operation. Correct one of the two.
select
    child.source,
    child.line,
    cast(child.complication_date as varchar) as value
from staged_complications as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.complication_date < operation.surgery_date
order by child.source, child.line
