-- One row if more than a seventh of at least a hundred operations were on the first of a month.
-- Chance gives one in thirty.
-- severity: note
-- table: operations
-- column: surgery_date
-- message: so many operations were on the first of a month. Was only the month recorded?
select
    cast(null as integer) as source,
    cast(null as integer) as line,
    -- Every operation has its day: never null.
    cast(round(100.0 * count(*) filter (where extract(day from surgery_date) = 1) / count(*)) as integer)
    || ' %' as value
from staged_operations
-- Every operation has its day: never null.
having count(*) >= 100 and 7 * count(*) filter (where extract(day from surgery_date) = 1) > count(*)
order by value
