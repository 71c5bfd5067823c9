-- One row per row of a table that another row stands for too, by the columns that say which one it is.
-- No rule by itself: the rules of repeated and contradicted rows read it. Every row is held against the first with its
-- key, the first against the first that differs from it: a million rows with one key are a million comparisons.
-- differs: the columns that are not alike, at most three of them named; null when the whole row is alike.
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
        cast(json_merge_patch(to_json(staged), '{"source": null, "line": null, "content": null}') as varchar) as content
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
        first_value(content) over (partition by known_by order by source, line) as first_content
    from keyed
),

first_differing as (
    select
        known_by,
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
        one.content,
        other.content as other_content
    from placed as one
    left join first_differing on one.known_by = first_differing.known_by
    inner join placed as other
        on
            one.known_by = other.known_by
            and case when one.place = 1 then first_differing.place else 1 end = other.place
),

column_by_column as (
    select
        source,
        line,
        known_by,
        content,
        other_content,
        unnest(json_keys(content)) as column_name
    from paired
    where content != other_content
),

different as (
    select
        source,
        line,
        known_by,
        list(column_name order by column_name) as names
    from column_by_column
    where json_extract(content, '$.' || column_name) is distinct from json_extract(other_content, '$.' || column_name)
    group by source, line, known_by
)

select
    paired.source,
    paired.line,
    paired.is_first,
    paired.other_source,
    paired.other_line,
    array_to_string(different.names[1:3], ', ') || case when len(different.names) > 3 then ' and more' else '' end
        as differs
from paired
left join different
    on paired.source = different.source and paired.line = different.line and paired.known_by = different.known_by
order by paired.source, paired.line
