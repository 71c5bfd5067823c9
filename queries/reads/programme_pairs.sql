-- One row per group, what kept an operation out, and the two answers of those who gave them: operations.
-- An answer before surgery, at most $before_days before it, the last; and one from day $low to day $high after it, that
-- nearest to the middle. By the days of the visits as they were recorded, not by our planned visits.
-- left_out: of an indication or an age that the programme does not ask; not_due: day $high was to come at the data
-- date; died: on or before day $high. earlier, later: decimal, as in mart answer; null without one.
-- $procedures_asked, $indications_left_out: codes; $from_age: null for any. None without a recorded age is left out.
-- unit: the code of the group in the chosen column; 0 for everybody together.
with asked as (
    select
        ${by} as unit,
        operation,
        patient,
        operated,
        list_contains($indications_left_out, indication) as indication_left_out,
        operated > $due_from as not_due
    from cohort_of_operation_band
    where list_contains($procedures_asked, procedure)
),

answered as (
    select
        follow_up.operation,
        date_diff('day', asked.operated, follow_up.visit_date) as day,
        cast(follow_up.${measure} as decimal(15, 12)) as score
    from follow_up
    inner join asked on follow_up.operation = asked.operation
    where follow_up.${measure} is not null
),

paired as (
    select
        operation,
        -- Only answers that were given are in it; null without one in the window.
        arg_max(score, day) filter (where day between -$before_days and 0) as earlier,
        -- As above: null without one.
        arg_min(score, abs(2 * day - $low - $high) * 10000 + day) filter (where day between $low and $high) as later
    from answered
    group by operation
),

told as (
    select
        asked.unit,
        asked.indication_left_out
        -- An age that nobody recorded leaves nobody out.
        or coalesce(
            coalesce(operation.age, extract(year from asked.operated) - patient.birth_year)
            < $from_age,  -- noqa: RF02
            false
        ) as left_out,
        asked.not_due,
        -- Not recorded as dead is alive.
        coalesce(date_diff('day', asked.operated, patient.death_date) <= $high, false) as died,  -- noqa: RF02
        paired.earlier,
        paired.later
    from asked
    inner join patient on asked.patient = patient.patient
    inner join operation on asked.operation = operation.operation
    left join paired on asked.operation = paired.operation
)

select
    unit,
    left_out,
    not_due,
    died,
    earlier,
    later,
    count(*) as operations
from told
group by unit, left_out, not_due, died, earlier, later
order by unit, left_out, not_due, died, earlier, later
