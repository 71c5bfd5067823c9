-- One row per dimension and code: the name and the label that it stands for; code 0 is "not recorded".
-- In the order of a definition; surgeons and sites by name, because the code of one who came later is a later one.
select
    dimension,
    code,
    name,
    label,
    family
from code
order by
    dimension,
    code > 0,
    case when dimension in ('surgeon', 'site') then name end,
    code
