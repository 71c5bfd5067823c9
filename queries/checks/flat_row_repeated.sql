-- One row per row of a flat file that says of an operation what an earlier row says; the earlier row is kept.
-- Where the two differ in columns that are not used, it is no repeat: perhaps a row is a visit there.
-- table: flat
-- severity: note
-- phase: identity
-- column: patient_id
-- leaves_out: yes
-- message: {told} {other}{more} and was left out.{asked}
select
    twice.source,
    twice.line,
    null as value,
    twice.other_source,
    twice.other_line,
    -- Every row has its digest, whatever is null in it.
    case when staged.content = other.content then 'this row repeats' else 'this row is of the same operation as' end
        as told,
    -- As above: never null.
    case when staged.content = other.content then '' else ', differs only in columns that are not used,' end as more,
    -- As above: never null.
    case when staged.content = other.content then '' else ' If a row is a visit, say so in the mapping.' end as asked
from standing_twice as twice
inner join staged_flat as staged on twice.source = staged.source and twice.line = staged.line
inner join staged_flat as other on twice.other_source = other.source and twice.other_line = other.line
where
    twice.differs is null and not twice.is_first
order by twice.source, twice.line
