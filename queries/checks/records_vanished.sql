-- One row per kind of record of which the last import had ten or more, and this one has none.
-- severity: stop
-- phase: together
-- table: generation
-- column: all
-- message: this kind of record is gone altogether. Was its file forgotten?
-- message: If it was meant to go, import into a new store.
select
    cast(null as integer) as source,
    cast(null as integer) as line,
    replace(before.name, '_', ' ') || ': ' || before.records || ' before, none now' as value
from last_generation as before
inner join this_generation as now on before.name = now.name
where
    -- A table has its name: never null.
    before.records >= 10 and now.records = 0 and before.name not in ('operation', 'patient')
order by value
