-- One row per symptom that was acted on before it began; the contact is set aside.
-- severity: cell
-- table: symptoms
-- column: contacted_at
-- clears: contacted_at
-- judged: contacted_at is not null
-- message: the contact lies before the symptom began. It is set aside.
select
    source,
    line,
    cast(contacted_at as varchar) as value
from staged_symptoms
where
    contacted_at < onset_date
order by source, line
