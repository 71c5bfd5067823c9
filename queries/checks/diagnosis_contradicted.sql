-- One row per finding that stands on an earlier row with other details.
-- That it happened is in no doubt, so the earlier row is kept.
-- severity: row
-- phase: identity
-- table: diagnoses
-- column: cause
-- message: {other} has the same finding with another {differs} and was kept.
-- message: Correct one of the two.
select
    source,
    line,
    null as value,
    other_source,
    other_line,
    differs
from standing_twice
where
    differs is not null and not is_first
order by source, line
