-- One row per complication of an operation.
create table complication as
select
    operation.operation,
    staged.complication_date,
    staged.complication,
    staged.severity,
    cast(staged.source as smallint) as source,
    staged.line
from staged_complications as staged
inner join operation on staged.operation_id = operation.operation_id
order by operation.operation, staged.complication_date, staged.line
