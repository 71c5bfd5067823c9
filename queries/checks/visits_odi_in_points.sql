-- One row if no ODI of at least a hundred is over 50: points out of 50, it seems, and not per cent.
-- Counted as per cent they would halve every change.
-- severity: note
-- table: follow_ups
-- column: odi
-- judged: odi is not null
-- message: is the highest ODI of all. Are they points out of 50 instead of per cent? Then double them.
select
    cast(null as integer) as source,
    cast(null as integer) as line,
    -- Of the scores that are recorded.
    max(odi) as value
from staged_follow_ups
-- Of the scores that are recorded.
having count(odi) >= 100 and max(odi) <= 50
order by value
