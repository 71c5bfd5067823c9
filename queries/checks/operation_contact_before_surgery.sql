-- One row per operation whose last contact lies before it; the contact is set aside.
-- severity: cell
-- table: operations
-- column: last_contact_date
-- clears: last_contact_date
-- judged: last_contact_date is not null
-- message: the last contact lies before the operation. It is set aside.
select
    source,
    line,
    cast(last_contact_date as varchar) as value
from staged_operations
where
    last_contact_date < surgery_date
order by source, line
