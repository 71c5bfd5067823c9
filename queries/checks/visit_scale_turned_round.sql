-- One row per visit whose own judgement and disability cannot both be right.
-- Completely recovered with an ODI of 60 or more, or worse than ever with 10 or less.
-- severity: note
-- table: follow_ups
-- column: gpe
-- judged: gpe is not null and odi is not null
-- message: does not go with an ODI of {odi}. GPE: 1 is completely recovered, 7 worse than ever; ODI: 0 is best.
select
    source,
    line,
    gpe as value,
    odi
from staged_follow_ups
where
    (gpe = 1 and odi >= 60) or (gpe = 7 and odi <= 10)
order by source, line
