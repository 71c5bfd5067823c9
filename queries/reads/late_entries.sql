-- One row per kind of record and month: how many records of that month were entered late.
-- Late: not there in the import before, although the month had ended long before its data date. Nobody is named.
select
    kind,
    month,
    records
from late_entry
order by kind, month
