-- One row per row of a table that another row stands for too, by the columns that say which one it is.
-- No rule by itself: the rules of repeated and contradicted rows read it. Every row is held against the first with its
-- key, the first against the first that differs from it: a million rows with one key are a million comparisons.
-- differs: what is not alike, null when the whole row is. At most three columns are named, and in the first thousands
-- of rows only, since no more than a thousand are ever listed.
with suspected as (
    select hash(${key}) as hashed
    from ${staged}
    group by hash(${key})
    having count(*) > 1
),

keyed as (
    select
        staged.source,
        staged.line,
        cast(to_json(row(${key})) as varchar) as known_by,
        hash(
            cast(json_merge_patch(to_json(staged), '{"source": null, "line": null, "content": null}') as varchar)
        ) as content
    from ${staged} as staged
    where hash(${key}) in (select suspected.hashed from suspected)
),

placed as (
    select
        source,
        line,
        known_by,
        content,
        row_number() over (partition by known_by order by source, line) as place,
        -- Every row has its digest, whatever is null in it.
        first_value(content) over (partition by known_by order by source, line) as first_content
    from keyed
),

first_differing as (
    select
        known_by,
        -- Every row has its place: never null.
        min(place) as place
    from placed
    where content != first_content
    group by known_by
),

paired as (
    select
        one.source,
        one.line,
        one.known_by,
        one.place = 1 as is_first,
        other.source as other_source,
        other.line as other_line,
        one.content != other.content as is_different
    from placed as one
    left join first_differing on one.known_by = first_differing.known_by
    inner join placed as other
        on
            one.known_by = other.known_by
            -- The place of a row is never null.
            and case when one.place = 1 then first_differing.place else 1 end = other.place
),

named as (
    select
        source,
        line,
        known_by,
        other_source,
        other_line
    from paired
    where is_different
    order by source, line
    limit 5000
),

told as (
    select
        staged.source,
        staged.line,
        cast(to_json(row(${key})) as varchar) as known_by,
        to_json(staged) as content
    from ${staged} as staged
    where
        (staged.source, staged.line) in (
            select (named.source, named.line)
            from named
            union all
            select (named.other_source, named.other_line)
            from named
        )
),

column_by_column as (
    select
        named.source,
        named.line,
        named.known_by,
        one.content,
        other.content as other_content,
        unnest(json_keys(one.content)) as column_name
    from named
    inner join told as one
        on named.source = one.source and named.line = one.line and named.known_by = one.known_by
    inner join told as other
        on named.other_source = other.source and named.other_line = other.line and named.known_by = other.known_by
),

different as (
    select
        source,
        line,
        known_by,
        -- The names of columns are never null.
        list(column_name order by column_name) as names
    from column_by_column
    where
        -- A column has its name: never null.
        column_name not in ('source', 'line', 'content')
        and json_extract(content, '$.' || column_name) is distinct from json_extract(other_content, '$.' || column_name)
    group by source, line, known_by
)

select
    paired.source,
    paired.line,
    paired.is_first,
    paired.other_source,
    paired.other_line,
    case
        when not paired.is_different then null
        when different.names is null then 'content'
        when len(different.names) > 3 then array_to_string(different.names[1:3], ', ') || ' and more'
        else array_to_string(different.names, ', ')
    end as differs
from paired
left join different
    on paired.source = different.source and paired.line = different.line and paired.known_by = different.known_by
order by paired.source, paired.line
