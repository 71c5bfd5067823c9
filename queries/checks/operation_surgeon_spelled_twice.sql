-- One row per operation whose surgeon differs from a more frequent surgeon only in case, blanks and signs.
-- They count as two surgeons.
-- severity: note
-- table: operations
-- column: surgeon
-- judged: surgeon is not null
-- message: "{value}" is written like "{usual}" but for case, blanks or signs. They count as two surgeons.
with spelling as (
    select
        surgeon,
        count(*) as operations,
        regexp_replace(lower(surgeon), '[^[:alnum:]]', '', 'g') as bare
    from staged_operations
    where surgeon is not null
    group by surgeon
),

ranked as (
    select
        surgeon,
        first_value(surgeon) over (partition by bare order by operations desc, surgeon asc) as usual
    from spelling
)

select
    staged.source,
    staged.line,
    staged.surgeon as value,
    ranked.usual
from staged_operations as staged
inner join ranked on staged.surgeon = ranked.surgeon
where
    ranked.usual != ranked.surgeon
order by staged.source, staged.line
