-- One row per profile: a combination of procedure and adjusting factors that occurs, and the codes it stands for.
select distinct
    profile,
    procedure,
    ${adjusting}
from operation_band
order by profile
