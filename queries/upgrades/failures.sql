-- One row per outcome: the index operations, and those that failed, of one generation.
select
    code.label,
    -- Every operation has its state: never null.
    count(*) filter (where mart.state = 1) as failed,
    count(*) as operations
from ${outcomes} as mart
inner join ${codes} as code on code.dimension = 'outcome' and mart.outcome = code.code
where mart.index_operation
group by code.label, code.code
order by code.code
