-- One row per visit of an operation; a visit on or before the day of surgery is the baseline.
create table follow_up as
select
    operation.operation,
    staged.visit_date,
    staged.odi,
    staged.back_pain,
    staged.leg_pain,
    staged.eq5d_index,
    staged.gpe,
    staged.satisfaction,
    cast(staged.source as smallint) as source,
    staged.line
from staged_follow_ups as staged
inner join operation on staged.operation_id = operation.operation_id
order by operation.operation, staged.visit_date, staged.line
