-- One row per month of surgery with an operation: operations. month as in failure_by_month.
select
    extract(year from operated) * 12 + extract(month from operated) - 1 as month,
    count(*) as operations
from cohort_of_operation_band
group by month
order by month
