-- One row if a third or more of the visits of the last import are gone, of ten or more.
-- severity: note
-- phase: together
-- table: generation
-- column: follow_ups
-- message: at least a third of the visits of the last import are gone. Is the file whole?
select
    cast(null as integer) as source,
    cast(null as integer) as line,
    before.records || ' before, ' || now.records || ' now' as value
from last_generation as before
inner join this_generation as now on before.name = now.name
where
    before.name = 'follow_up'
    and before.records >= 10
    and now.records > 0
    and 3 * now.records <= 2 * before.records
order by value
