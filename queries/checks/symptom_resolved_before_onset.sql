-- One row per symptom that was resolved before it began; the resolution is set aside.
-- severity: cell
-- table: symptoms
-- column: resolved_date
-- clears: resolved_date
-- judged: resolved_date is not null
-- message: the symptom was resolved before it began. The resolution is set aside.
select
    source,
    line,
    cast(resolved_date as varchar) as value
from staged_symptoms
where
    resolved_date < onset_date
order by source, line
