-- One row per answer after surgery that lies in the window of no planned visit.
-- severity: note
-- table: follow_ups
-- column: visit_date
-- message: day {days} after surgery is in the window of no planned visit. It is kept, and answers none.
select
    child.source,
    child.line,
    cast(child.visit_date as varchar) as value,
    date_diff('day', operation.surgery_date, child.visit_date) as days
from staged_follow_ups as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.visit_date > operation.surgery_date
    and not exists (
        select 1
        from planned_visit
        where
            date_diff('day', operation.surgery_date, child.visit_date)
            between planned_visit.low and planned_visit.high
    )
order by child.source, child.line
