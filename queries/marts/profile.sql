-- One row per profile: a combination of procedure and adjusting factors that occurs, and the codes it stands for.
-- made: kept
-- profile, procedure, family, ${adjusting}: as in operation_band
select distinct
    profile,
    procedure,
    family,
    ${adjusting}
from operation_band
order by profile
