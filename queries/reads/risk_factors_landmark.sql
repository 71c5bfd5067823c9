-- One row per factor and band: what is known at the visit that a landmark outcome asks about.
-- grouping_bits and band as in risk_factors; the counts as in landmark. Operations are gone through for three factors
-- at a time, and the few groups of those for each alone: counting operations is what takes long.
with three_by_three as (
    select
        state,
        ${factors},
        count(*) as operations
    from cohort_of_operation_outcome
    where outcome = $outcome
    group by state, grouping sets (${factors_in_threes})
)

select
    grouping(${factors}) as grouping_bits,
    coalesce(${factors}) as band,
    -- A count is never null.
    cast(sum(operations) as bigint) as operations,
    -- None is null: what is told apart is a state, and every group has one.
    cast(sum(case when state = 1 then operations else 0 end) as bigint) as failed,
    cast(sum(case when state in (0, 1) then operations else 0 end) as bigint) as answered,
    -- Never null, as above.
    cast(sum(case when state in (0, 1, 3) then operations else 0 end) as bigint) as due
from three_by_three
group by grouping sets (${factors})
-- A band is never null: null are the factors that are not of the three.
having coalesce(${factors}) is not null
order by grouping_bits, band
