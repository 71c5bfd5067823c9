-- One row if half or more of the patients of the last import are gone, of ten or more.
-- Nothing has come before a first import, nor before the first import of a practice's own records.
-- severity: stop
-- phase: together
-- table: generation
-- column: patients
-- message: at least half of the patients of the last import are gone. Are the files whole?
-- message: If they were meant to go, import into a new store.
select
    cast(null as integer) as source,
    cast(null as integer) as line,
    before.records || ' before, ' || now.records || ' now' as value
from last_generation as before
inner join this_generation as now on before.name = now.name
where
    before.name = 'patient' and before.records >= 10 and 2 * now.records <= before.records
order by value
