-- One row per row of a flat file whose failure was found before its operation.
-- severity: row
-- table: flat
-- column: failure_date
-- message: the failure was found before the operation. Correct one of the dates.
select
    source,
    line,
    cast(failure_date as varchar) as value
from staged_flat
where
    failure_date < surgery_date
order by source, line
