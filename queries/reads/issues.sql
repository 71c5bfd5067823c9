-- One row per rule that the last import found broken: how severe, how often, and the first place.
-- No value is shown: it may be a patient's.
select
    severity,
    rule,
    -- A count is never null.
    cast(sum(times) as bigint) as times,
    -- The first of those recorded: not every rule has a line.
    min(file) as file,
    min(first_line) as first_line
from issue_count
where times > 0
group by severity, rule
-- A severity is never null.
order by case severity when 'row' then 1 when 'cell' then 2 else 3 end, times desc, rule asc
