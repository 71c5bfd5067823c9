-- One row per recorded event that an outcome may count as failure: whose, of what kind, which, and on which day.
select
    operation,
    source,
    value,
    day
from recorded_event
union all
select
    operation,
    'reoperation' as source,
    null as value,
    reoperation_day as day
from index_operation
where reoperation_day is not null
