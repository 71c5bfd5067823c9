-- One row per imported file that operations came from, and rule for which rows of it were left out: how many.
-- Without a rule where none was left out. A row that breaks several rules is counted under each of them.
-- rows_read: of the file; operations: kept of it. What a file holds besides, or a second time, is neither.
with of_file as (
    select
        source,
        count(*) as operations
    from operation
    group by source
),

left_out as (
    select
        file,
        rule,
        -- A count is never null.
        sum(times) as times
    from issue_count
    where severity = 'row' and times > 0
    group by file, rule
)

select
    source.file,
    source.rows as rows_read,
    of_file.operations,
    left_out.rule,
    -- Null is a file of which none was left out.
    cast(coalesce(left_out.times, 0) as bigint) as times
from source
inner join of_file on source.source = of_file.source
left outer join left_out on source.file = left_out.file
order by source.file asc, times desc, left_out.rule asc
