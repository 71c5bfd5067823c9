-- One row if the patients' numbers seem to hold at one site only: patient 1 of North is not patient 1 of South.
-- It is asked where three or more patients, and a twentieth of those of the smaller of two sites, have operations at
-- both within 14 days; or where both number from the same first number on without large gaps, and half of the numbers
-- of the smaller one, and three or more, stand at the other too. A few patients moved between sites do neither.
-- A mapping answers it once and for all.
-- tables: flat, operations
-- name: ${record}_numbers_of_a_site
-- severity: stop
-- phase: identity
-- column: patient_id
-- message: {value} {what} Is each of them one person? Nobody but you can say, and every figure hangs on it.
-- message: Write the answer into the mapping, below {section}. If each site gives its own numbers:
-- message: patient_id = ["{site_column}", "{patient_column}"]. If one number is one person everywhere:
-- message: patient_id = ["{patient_column}"].
with place_of_site as (
    -- There are few sites: each spelling is read once.
    select
        staged.site,
        regexp_replace(lower(staged.site), '[^[:alnum:]]', '', 'g') as place
    from ${staged} as staged
    inner join who_is_who on not who_is_who.answered and who_is_who.asked_of = '${staged}'
    where staged.site is not null
    group by staged.site
),

operated as (
    select
        staged.patient_id,
        staged.surgery_date,
        place_of_site.place
    from ${staged} as staged
    inner join place_of_site on staged.site = place_of_site.site
),

patient_of_place as (
    select distinct
        place,
        patient_id
    from operated
),

moved as (
    select patient_id
    from patient_of_place
    group by patient_id
    having count(*) > 1
),

at_both as (
    select
        one.place,
        other.place as other_place,
        one.patient_id,
        -- Both days are there: never null.
        bool_or(abs(date_diff('day', one.surgery_date, other.surgery_date)) <= 14) as within_days
    from operated as one
    inner join operated as other on one.patient_id = other.patient_id and one.place < other.place
    where one.patient_id in (select moved.patient_id from moved)
    group by one.place, other.place, one.patient_id
),

pair as (
    select
        place,
        other_place,
        count(*) as shared,
        -- Worked out of two days, neither null.
        count(*) filter (where within_days) as within_days
    from at_both
    group by place, other_place
),

sized as (
    select
        place,
        count(*) as patients
    from patient_of_place
    group by place
),

weighed as (
    select
        pair.place,
        pair.other_place,
        pair.shared,
        pair.within_days,
        least(one.patients, other.patients) as patients_of_smaller  -- counts: never null
    from pair
    inner join sized as one on pair.place = one.place
    inner join sized as other on pair.other_place = other.place
),

looked_at as (
    -- Only of sites that share as many as this is it asked how each numbers its patients.
    select unnest([place, other_place]) as place
    from weighed
    where shared >= 3 and 2 * shared >= patients_of_smaller
),

spelled as (
    select
        place,
        patient_id,
        regexp_replace(patient_id, '[0-9]+$', '') as before_number,
        try_cast(regexp_extract(patient_id, '[0-9]{1,15}$') as bigint) as number
    from patient_of_place
    where place in (select looked_at.place from looked_at)
),

numbered as (
    select
        place,
        count(*) as patients,
        -- An identifier is never null; its number is where it ends in none, and then the site does not count in a row.
        count(distinct before_number) = 1 and count(number) = count(*) as in_a_row,
        -- Read only where they are in a row: none is null then.
        min(before_number) as before_number,
        min(number) as first_number,
        -- As above: null nowhere that it is read.
        max(number) as last_number
    from spelled
    group by place
),

judged as (
    select
        weighed.shared,
        weighed.within_days,
        weighed.within_days >= 3 and 20 * weighed.within_days >= weighed.patients_of_smaller as soon,
        weighed.shared >= 3
        and 2 * weighed.shared >= weighed.patients_of_smaller
        and one.in_a_row
        and other.in_a_row
        and one.before_number = other.before_number
        and one.first_number = other.first_number
        and 2 * one.patients > one.last_number - one.first_number
        and 2 * other.patients > other.last_number - other.first_number as from_the_first
    from weighed
    left join numbered as one on weighed.place = one.place
    left join numbered as other on weighed.other_place = other.place
)

select
    cast(null as integer) as source,
    cast(null as integer) as line,
    -- Counts are never null.
    max(case when judged.soon then judged.within_days else judged.shared end) || ' numbers' as value,
    case
        -- Worked out of counts: never null.
        when bool_or(judged.soon) then 'have operations at two sites within 14 days.'
        else 'stand at two sites that both count from the same number.'
    end as what,
    -- One row: its names are never null.
    min(who_is_who.section) as section,
    min(who_is_who.site_column) as site_column,
    min(who_is_who.patient_column) as patient_column
from judged
cross join who_is_who
where
    -- Null where a site has no numbers: it counts from none.
    judged.soon or coalesce(judged.from_the_first, false)
having count(*) > 0
