-- One row per rule that the last import found broken: how severe, how often, and the first place.
-- No value is shown: it may be a patient's.
select
    severity,
    rule,
    count(*) as times,
    min(file) as file,
    min(line) as first_line,
    min(message) as message
from issue
group by severity, rule
order by severity desc, times desc, rule asc
