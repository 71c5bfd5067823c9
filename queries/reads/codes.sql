-- One row per dimension and code: the name and the label that it stands for; code 0 is "not recorded".
select
    dimension,
    code,
    name,
    label,
    family
from code
order by dimension, code
