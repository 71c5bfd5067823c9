-- One row per outcome, state and day: index operations of the generation before as it was published.
-- Of outcomes that are still defined, by their names. Columns are those of the table import_change.
select
    cast(0 as utinyint) as side,
    cast(0 as utinyint) as change,
    cast(today.code as utinyint) as outcome,
    mart.state,
    mart.day,
    cast(count(*) as integer) as operations
from published_operation_outcome as mart
inner join published_code as earlier on earlier.dimension = 'outcome' and mart.outcome = earlier.code
inner join code as today on today.dimension = 'outcome' and earlier.name = today.name
where mart.index_operation
group by today.code, mart.state, mart.day
