-- One row per operation and day recorded of it, in one column of dates of one kept table.
-- made: view, of each day
select
    operation,
    ${dated} as day
from ${kept}
where ${dated} is not null
