-- One row per operation whose number of levels is not that of the levels listed; the number is taken.
-- severity: note
-- table: operations
-- column: level_count
-- judged: level_count is not null and levels is not null
-- message: {listed} are listed in levels. The number is taken; correct one of the two.
select
    source,
    line,
    level_count as value,
    len(string_split(levels, ';')) as listed
from staged_operations
where
    level_count != len(string_split(levels, ';'))
order by source, line
