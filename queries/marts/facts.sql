-- One row: what this generation holds, and its data date, the latest day recorded anywhere.
with latest_day as (
    select max(day) as data_date
    from (
        select day from recorded_day
        union all
        select death_date as day from patient
    ) as recorded
),

counted as (
    select
        min(operation.surgery_date) as first_operation,
        max(operation.surgery_date) as last_operation,
        cast(count(*) filter (where index_operation.index_operation) as integer) as operations,
        cast(count(*) as integer) as all_operations,
        cast(count(distinct operation.patient) as integer) as patients
    from operation
    inner join index_operation on operation.operation = index_operation.operation
)

select
    latest_day.data_date,
    counted.first_operation,
    counted.last_operation,
    counted.operations,
    counted.all_operations,
    counted.patients,
    rule.made_up,
    rule.practice,
    rule.definitions_version
from latest_day
cross join counted
cross join rule
order by latest_day.data_date
