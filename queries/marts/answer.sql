-- One row per visit of an operation: on which day since surgery, what was answered, and where it stands.
select
    follow_up.operation,
    date_diff('day', operation.surgery_date, follow_up.visit_date) as day,
    follow_up.odi,
    follow_up.back_pain,
    follow_up.leg_pain,
    follow_up.eq5d_index,
    follow_up.gpe,
    follow_up.satisfaction,
    follow_up.source,
    follow_up.line
from follow_up
inner join operation on follow_up.operation = operation.operation
