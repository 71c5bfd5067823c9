-- One row per record of one kept table that an outcome may count as failure: whose, of what kind, which, on which day,
-- and where it stands; mart event has those of all. A record that names no word counts only by the code that by itself
-- records a failure. What was there before surgery is no failure of it.
-- made: view, of each event
with operated as (
    select
        operation,
        surgery_date
    from operation
),

named as (
    select
        record.operation,
        record.${dated} as happened,
        record.source,
        record.line,
        coalesce(${word}, case when upper(${code}) = rule.fbss_code then ${code} end) as value  -- noqa: RF02
    from ${kept} as record
    cross join rule
)

select
    named.operation,
    '${kept}' as kind,
    named.value,
    date_diff('day', operated.surgery_date, named.happened) as day,
    '${kept}' as kept,
    named.source,
    named.line
from named
inner join operated on named.operation = operated.operation
where named.happened >= operated.surgery_date and named.value is not null
