-- One row per operation of a surgeon who has more than ten on that day.
-- severity: note
-- table: operations
-- column: surgery_date
-- judged: surgeon is not null
-- message: more than ten operations of one surgeon on this day. Is it the day of entry?
select
    source,
    line,
    cast(surgery_date as varchar) as value
from staged_operations
where
    surgeon is not null
qualify count(*) over (partition by surgeon, surgery_date) > 10
order by source, line
