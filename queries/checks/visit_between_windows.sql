-- One row per answer after surgery that lies in the window of no planned visit.
-- severity: note
-- table: follow_ups
-- column: visit_date
-- message: day {days} after surgery is in the window of no planned visit. It is kept, and answers none.
with after_surgery as (
    select
        child.source,
        child.line,
        child.visit_date,
        date_diff('day', operation.surgery_date, child.visit_date) as days
    from staged_follow_ups as child
    inner join staged_operations as operation on child.operation_id = operation.operation_id
    where
        child.visit_date > operation.surgery_date
),

-- There are far fewer days than visits.
unplanned as (
    select told.days
    from (select distinct days from after_surgery) as told
    where
        not exists (
            select 1
            from planned_visit
            where told.days between planned_visit.low and planned_visit.high
        )
)

select
    after_surgery.source,
    after_surgery.line,
    cast(after_surgery.visit_date as varchar) as value,
    after_surgery.days
from after_surgery
inner join unplanned on after_surgery.days = unplanned.days
order by after_surgery.source, after_surgery.line
