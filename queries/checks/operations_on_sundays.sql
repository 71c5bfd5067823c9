-- One row if more than a tenth of at least a hundred operations were on a Sunday.
-- Chance gives a seventh to dates that were shifted or made up.
-- severity: note
-- table: operations
-- column: surgery_date
-- message: so many operations were on a Sunday. Were the dates shifted?
select
    cast(null as integer) as source,
    cast(null as integer) as line,
    cast(round(100.0 * count(*) filter (where dayofweek(surgery_date) = 0) / count(*)) as integer) || ' %' as value
from staged_operations
having count(*) >= 100 and count(*) filter (where dayofweek(surgery_date) = 0) > 0.1 * count(*)
order by value
