-- One row per month of which the last import had five operations or more, and this one has none.
-- severity: note
-- phase: together
-- table: generation
-- column: surgery_date
-- message: every operation of this month is gone. Does the export begin or end in the wrong place?
with now as (
    select
        strftime(surgery_date, '%Y-%m') as month,
        count(*) as operations
    from staged_operations
    group by strftime(surgery_date, '%Y-%m')
)

select
    cast(null as integer) as source,
    cast(null as integer) as line,
    last_month.month || ': ' || last_month.operations || ' before, none now' as value
from last_month
anti join now on last_month.month = now.month
where
    last_month.operations >= 5
order by last_month.month
