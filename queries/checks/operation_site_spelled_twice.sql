-- One row per operation whose site differs from a more frequent site only in case, blanks and signs.
-- They count as two sites.
-- severity: note
-- table: operations
-- column: site
-- judged: site is not null
-- message: "{value}" is written like "{usual}" but for case, blanks or signs. They count as two sites.
with spelling as (
    select
        site,
        count(*) as operations,
        regexp_replace(lower(site), '[^[:alnum:]]', '', 'g') as bare
    from staged_operations
    where site is not null
    group by site
),

ranked as (
    select
        site,
        first_value(site) over (partition by bare order by operations desc, site asc) as usual
    from spelling
)

select
    staged.source,
    staged.line,
    staged.site as value,
    ranked.usual
from staged_operations as staged
inner join ranked on staged.site = ranked.site
where
    ranked.usual != ranked.site
order by staged.source, staged.line
