-- One row per operation with a visit on or before the day of surgery: the last reading of each measure until then;
-- a visit without a reading is passed over, for each measure by itself: a form returned half empty on the day of
-- surgery does not take away what was answered the week before.
-- made: passing
-- operation, ${measures}: as in answer
select
    operation,
    -- A null is passed over, as said above.
    arg_max(odi, day) as odi,
    arg_max(back_pain, day) as back_pain,
    arg_max(leg_pain, day) as leg_pain,
    arg_max(eq5d_index, day) as eq5d_index,
    arg_max(gpe, day) as gpe,
    arg_max(satisfaction, day) as satisfaction
from answer
where day <= 0
group by operation
