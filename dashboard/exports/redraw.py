"""Reckons the figures of this bundle again from its counts, holds them against the app's, and draws them.

    python3 redraw.py

Needs nothing but Python 3.9 or newer. Prints each figure, writes redrawn.svg, and ends with status 1 where one is
further than 1e-9 from what the app said. What is asked of the counts stands in asked.csv.
"""

import csv
import math
import sys
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
Z = 1.959963984540054
CLOSE = 1e-9


def read(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def exact(share, n):
    """The exact limits of none or of all of n, with 2.5 % in the one tail."""
    return (None, None) if not n else (0.0, 1 - 0.025 ** (1 / n)) if share == 0 else (0.025 ** (1 / n), 1.0)


def wilson(x, n):
    if x in (0, n):
        return exact(x / n, n)
    middle, reach = x + Z * Z / 2, Z * math.sqrt(x * (n - x) / n + Z * Z / 4)
    return (middle - reach) / (n + Z * Z), (middle + reach) / (n + Z * Z)


def incidence(rows):
    """Aalen-Johansen with death as a competing event, Gray's variance, limits on the log(-log) scale; a row a day."""
    rows = sorted(rows, key=lambda row: row["day"])
    operations = sum(row["failed"] + row["died"] + row["left"] for row in rows)
    n, free, share, died, gone = operations, 1.0, 0.0, 0, 0
    v1 = v2 = v3 = 0.0
    found = []
    for row in rows:
        before, d1, d2 = free, row["failed"], row["died"]
        free *= 1 - ((d1 + d2) / n if n else 0)
        share, died = min(share + (before * d1 / n if n else 0), 1.0), died + d2
        # All failed and nobody died: exactly 1, not what is left of rounding.
        share = 1.0 if free == 0 and died == 0 else share
        inverse = 1 / free if free else 0.0
        g1, g2 = (before**2 * (1 - (d - 1) / (n - 1) if d > 1 else 1) * d / n**2 if n and d else 0.0 for d in (d1, d2))
        ratio = share * inverse
        v1 += (1 + ratio) ** 2 * g1 + ratio**2 * g2
        v2 += ((1 + ratio) * g1 + ratio * g2) * inverse
        v3 += (g1 + g2) * inverse**2
        error = math.sqrt(max(v1 + share**2 * v3 - 2 * share * v2, 0))
        known = operations - gone
        found.append({"day": row["day"], "at_risk": n, "known": known, "share": share, **limits(share, error, known)})
        n, gone = n - d1 - d2 - row["left"], gone + row["left"]
    return found


def limits(share, error, known):
    if 0 < share < 1:
        reach = math.exp(Z * error / share / abs(math.log(share)))
        return {"lower": share**reach, "upper": share ** (1 / reach)}
    return dict(zip(("lower", "upper"), exact(share, known)))


def at_day(rows, day):
    """The share failed by a day; nothing where nobody is followed so long, unless nobody remained by then."""
    so_far = [row for row in incidence(rows) if row["day"] <= day]
    at_risk = sum(row["failed"] + row["died"] + row["left"] for row in rows if row["day"] >= day)
    events = {row["day"]: row["failed"] + row["died"] for row in rows}
    if not at_risk and not any(row["at_risk"] and row["at_risk"] == events[row["day"]] for row in so_far):
        return {}
    known = sum(row["failed"] + row["died"] + row["left"] for row in rows)
    known -= sum(row["left"] for row in rows if row["day"] < day)
    share = so_far[-1]["share"] if so_far else 0.0
    last = so_far[-1] if 0 < share < 1 else limits(share, 0.0, known)
    return {"share": share, "lower": last["lower"], "upper": last["upper"]}


def rests_on(rows, day):
    """On how many operations a share rests: at risk on the day over the share free of failure and death before it."""
    free, n = 1.0, sum(row["failed"] + row["died"] + row["left"] for row in rows)
    operations = n
    for row in sorted(rows, key=lambda row: row["day"]):
        if row["day"] >= day:
            break
        free *= 1 - ((row["failed"] + row["died"]) / n if n else 0)
        n -= row["failed"] + row["died"] + row["left"]
    return n / free if free > 0 else float(operations)


def below(a, x):
    """The regularised incomplete gamma function P(a, x), by its series or its continued fraction."""
    if x <= 0:
        return 0.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        step = a
        while term > total * 1e-17:
            step += 1
            term *= x / step
            total += term
        return scale * total
    b, c, d = x + 1 - a, 1e300, 1 / (x + 1 - a)
    h, i, change = d, 1, 0.0
    while abs(change - 1) > 1e-16 and i < 10000:
        b += 2
        d, c = 1 / (b - i * (i - a) * d), b - i * (i - a) / c
        change = c * d
        h, i = h * change, i + 1
    return 1 - scale * h


def gamma_quantile(p, a):
    low, high = 0.0, a + 20 * math.sqrt(a) + 40
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if below(a, middle) < p else (low, middle)
    return (low + high) / 2


def by_group(counts):
    groups = {}
    for row in counts:
        groups.setdefault(row["group"], []).append({key: int(row[key]) for key in ("day", "failed", "died", "left")})
    return groups


def curve(counts, asked):
    return [{"group": name, **row} for name, rows in by_group(counts).items() for row in incidence(rows)]


def by_a_day(counts, asked):
    return [{"group": name, **at_day(rows, int(asked["day"]))} for name, rows in by_group(counts).items()]


def periods(counts, asked):
    """Shares of periods about that of all, with limits of three standard errors."""
    day, groups = int(asked["day"]), by_group(counts)
    together = {}
    for row in (row for rows in groups.values() for row in rows):
        of_day = together.setdefault(row["day"], {"day": row["day"], "failed": 0, "died": 0, "left": 0})
        for key in ("failed", "died", "left"):
            of_day[key] += row[key]
    centre = at_day(list(together.values()), day).get("share")
    found = []
    for name, rows in groups.items():
        one = {"group": name, "centre": centre, **at_day(rows, day)}
        if one.get("share") is not None and rests_on(rows, day) > 0:
            reach = 3 * math.sqrt(centre * (1 - centre) / rests_on(rows, day))
            one.update(lower_limit=max(centre - reach, 0.0), upper_limit=min(centre + reach, 1.0))
        found.append(one)
    return found


def counted(counts, asked):
    """A part of a whole with Wilson's limits, and the exact ones of none and of all."""
    found = []
    for row in counts:
        x, n = int(row["part"]), int(row["whole"])
        ends = wilson(x, n) if n else (None, None)
        found.append({"group": row["group"], "share": x / n if n else None, "lower": ends[0], "upper": ends[1]})
    return found


def ratios(counts, asked):
    """Observed over expected with its exact Poisson limits, and the limits of chance round 1."""
    found = []
    for row in counts:
        seen, expected = int(row["observed"]), float(row["expected"])
        one = {"group": row["group"], "ratio": seen / expected, "upper": gamma_quantile(0.975, seen + 1) / expected}
        one["lower"] = gamma_quantile(0.025, seen) / expected if seen else 0.0
        for name, p in (("95", 0.025), ("998", 0.001)):
            one[f"ratio_limit_{name}_low"] = gamma_quantile(p, expected) / expected
            one[f"ratio_limit_{name}_high"] = gamma_quantile(1 - p, expected + 1) / expected
        found.append(one)
    return found


RECIPES = {"curve": curve, "by_a_day": by_a_day, "periods": periods, "counted": counted, "ratios": ratios}


def furthest(found, said):
    """The largest distance from what the app said, over all figures that it gave."""
    again = {(row["group"], str(row.get("day", ""))): row for row in found}
    worst = 0.0
    for row in said:
        own = again[row["group"], row.get("day", "")]
        for name, value in row.items():
            if value and name not in ("group", "label", "day"):
                worst = max(worst, math.inf if own.get(name) is None else abs(float(own[name]) - float(value)))
    return worst


def draw(found, value, labels):
    """Each figure with its interval, a row each; of a curve the steps."""
    wide, body = 700, []
    drawn = [row for row in found if row.get(value) is not None]
    top = max([row.get("upper") or row[value] for row in drawn] or [1.0]) or 1.0
    if "day" in (drawn or [{}])[0]:
        last = max(row["day"] for row in drawn) or 1
        for place, name in enumerate(dict.fromkeys(row["group"] for row in drawn)):
            steps, height = "", 0.0
            for row in (row for row in drawn if row["group"] == name):
                x, y = 60 + 620 * row["day"] / last, 380 - 340 * row[value] / top
                steps, height = steps + f" {x:.2f},{height or 380:.2f} {x:.2f},{y:.2f}", y
            body.append(f'<polyline points="{steps}" fill="none" stroke="hsl({place * 70},60%,35%)"/>')
            body.append(f'<text x="64" y="{16 + 14 * place}" fill="hsl({place * 70},60%,35%)">{labels[name]}</text>')
        body.append(f'<text x="60" y="396">day 0</text><text x="640" y="396">day {last}</text>')
        body.append(f'<text x="4" y="44">{top:.3f}</text><text x="4" y="384">0</text>')
    else:
        for place, row in enumerate(drawn):
            y, x = 20 + 24 * place, [260 + 400 * (row.get(name) or 0) / top for name in (value, "lower", "upper")]
            body.append(
                f'<text x="4" y="{y + 4}">{labels[row["group"]]}</text><circle cx="{x[0]:.2f}" cy="{y}" r="4"/>'
            )
            body.append(f'<path d="M{x[1]:.2f} {y}H{x[2]:.2f}" stroke="#000"/>')
            body.append(f'<text x="664" y="{y + 4}">{row[value]:.3f}</text>')
    tall = 410 if "day" in (drawn or [{}])[0] else 40 + 24 * len(drawn)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}" font-family="sans-serif"'
    (HERE / "redrawn.svg").write_text(f'{head} font-size="12">{"".join(body)}</svg>', encoding="utf-8")


def main():
    asked = {row["name"]: row["value"] for row in read("asked.csv")}
    counts, said = read("counts.csv"), read("figures.csv")
    found = RECIPES[asked["recipe"]](counts, asked)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    names = list(dict.fromkeys(name for row in found for name in row))
    writer.writerow(names)
    writer.writerows([["" if row.get(name) is None else row[name] for name in names] for row in found])
    labels = {row["group"]: escape(row.get("label") or row["group"]) for row in counts}
    draw(found, "ratio" if asked["recipe"] == "ratios" else "share", labels)
    worst = furthest(found, said)
    print(f"Furthest from the app's figures: {worst:.3g}", file=sys.stderr)
    return 0 if worst <= CLOSE else 1


if __name__ == "__main__":
    sys.exit(main())
