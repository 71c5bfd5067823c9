-- One row per surgeon and site: operations.
select
    surgeon,
    site,
    count(*) as operations
from cohort_of_operation_band
group by surgeon, site
order by surgeon, site
