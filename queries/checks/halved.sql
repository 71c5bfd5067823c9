-- One row if half or more of the ${field} of the last import are gone, of ten or more.
-- Nothing has come before a first import, nor before the first import of a practice's own records.
-- tables: generation.operations, generation.patients
-- name: ${field}_halved
-- severity: stop
-- phase: together
-- column: ${field}
-- message: at least half of the ${field} of the last import are gone. Are the files whole?
-- message: If they were meant to go, import into a new store.
select
    cast(null as integer) as source,
    cast(null as integer) as line,
    before.records || ' before, ' || now.records || ' now' as value
from last_generation as before
inner join this_generation as now on before.name = now.name
where
    before.name || 's' = '${field}' and before.records >= 10 and 2 * now.records <= before.records
order by value
