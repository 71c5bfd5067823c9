-- One row: what this generation holds, and its data date.
select
    data_date,
    first_operation,
    last_operation,
    operations,
    all_operations,
    patients,
    made_up,
    practice,
    definitions_version
from facts
order by data_date
