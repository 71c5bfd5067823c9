-- One row per factor, band and day up to the landmark: how many failed, died before failing, or left follow-up.
-- Days after $within_days are one day: nothing later changes what is known at the landmark.
-- grouping_bits: a bit for each factor in the order asked for, the last one lowest; 0 is the bit of the factor counted.
-- due_failed, lost and not_due as in lost.
-- band: the code of that factor's band, 0 for not recorded.
-- All factors in one pass, which counts each operation once for each factor: what became of it is told apart in the
-- groups, which are few beside the operations. Three factors at a time, as in risk_factors_landmark, would make as many
-- groups as there are operations in a practice of a million.
with until_landmark as (
    select
        -- A state has its day: never null. As narrow as it can be, since it is a key of every group.
        cast(least(day, $within_days + 1) as smallint) as until_day,
        state,
        operated <= $due_from as is_due,
        ${factors}
    from cohort_of_operation_outcome
    where outcome = $outcome
),

one_by_one as (
    select
        until_day,
        state,
        is_due,
        grouping(${factors}) as grouping_bits,
        coalesce(${factors}) as band,
        count(*) as operations
    from until_landmark
    group by until_day, state, is_due, grouping sets (${factors})
)

select
    cast(until_day as integer) as until_day,
    grouping_bits,
    band,
    -- None is null: what is told apart is a state, a day and a count, which every group has.
    cast(sum(case when state = 1 then operations else 0 end) as bigint) as failed,
    cast(sum(case when state = 2 then operations else 0 end) as bigint) as died,
    cast(sum(case when state in (1, 2) then 0 else operations end) as bigint) as left_follow_up,
    cast(sum(case when is_due and state = 1 and until_day <= $within_days then operations else 0 end) as bigint)
        as due_failed,
    -- Never null, as above.
    cast(sum(case
        when is_due and state not in (1, 2) and until_day < $within_days then operations
        else 0
    end) as bigint) as lost,
    -- Never null, as above.
    cast(sum(case when is_due then 0 else operations end) as bigint) as not_due
from one_by_one
group by until_day, grouping_bits, band
order by grouping_bits, band, until_day
