-- One row per ${noun} whose ${field} differs from a more frequent ${field} only in case, blanks and signs.
-- They count as two ${field}s.
-- tables: operations.site, operations.surgeon
-- name: ${record}_${field}_spelled_twice
-- severity: note
-- column: ${field}
-- judged: ${field} is not null
-- message: "{value}" is written like "{usual}" but for case, blanks or signs. They count as two ${field}s.
with spelling as (
    select
        ${field},
        count(*) as operations,
        regexp_replace(lower(${field}), '[^[:alnum:]]', '', 'g') as bare
    from ${staged}
    where ${field} is not null
    group by ${field}
),

ranked as (
    select
        ${field},
        -- Null is not among the spellings.
        first_value(${field}) over (partition by bare order by operations desc, ${field} asc) as usual
    from spelling
)

select
    staged.source,
    staged.line,
    staged.${field} as value,
    ranked.usual
from ${staged} as staged
inner join ranked on staged.${field} = ranked.${field}
where
    ranked.usual != ranked.${field}
order by staged.source, staged.line
