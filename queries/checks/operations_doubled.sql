-- One row if there are at least twice the operations of the last import, which had ten or more.
-- severity: note
-- phase: together
-- table: generation
-- column: operations
-- message: at least twice the operations of the last import. Did a file come in twice, under other identifiers?
select
    cast(null as integer) as source,
    cast(null as integer) as line,
    before.records || ' before, ' || now.records || ' now' as value
from last_generation as before
inner join this_generation as now on before.name = now.name
where
    before.name = 'operation' and before.records >= 10 and now.records >= 2 * before.records
order by value
