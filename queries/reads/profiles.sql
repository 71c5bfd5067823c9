-- One row per profile: the codes of its procedure and of each adjusting factor; nobody is counted here.
select
    profile,
    procedure,
    family,
    ${adjusting}
from profile
order by profile
