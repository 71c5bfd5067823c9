-- One row per code of one dimension: the operations that have it, of one generation.
select
    code.label,
    count(*) as operations
from ${outcomes} as mart
inner join ${codes} as code on code.dimension = '${dimension}' and mart.${dimension} = code.code
where mart.outcome = 1
group by code.label, code.code
order by code.code
