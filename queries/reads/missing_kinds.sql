-- One row per kind of record that nobody records here: a kept table, or a measure of visits.
select kind
from missing_kind
order by kind
