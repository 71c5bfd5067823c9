# Reckons the figures of this bundle again from its counts, holds them against the app's, and draws them.
#
#     Rscript redraw.R
#
# Needs R 3.6 or newer and no package. Prints each figure, writes redrawn-R.pdf, and ends with status 1 where one is
# further than 1e-9 from what the app said. What is asked of the counts stands in asked.csv.

given <- grep("^--file=", commandArgs(FALSE), value = TRUE)
if (length(given)) setwd(dirname(normalizePath(sub("^--file=", "", given[1]))))
read <- function(name) read.csv(name, colClasses = "character", check.names = FALSE, encoding = "UTF-8", quote = "\"")
number <- function(text) suppressWarnings(as.numeric(text))
z <- qnorm(0.975)

exact <- function(share, n) {
  if (n == 0) return(c(NA, NA))
  if (share == 0) c(0, 1 - 0.025^(1 / n)) else c(0.025^(1 / n), 1)
}

wilson <- function(x, n) {
  if (x == 0 || x == n) return(exact(x / n, n))
  (x + z^2 / 2 + c(-1, 1) * z * sqrt(x * (n - x) / n + z^2 / 4)) / (n + z^2)
}

limits <- function(share, error, known) {
  if (share > 0 && share < 1) share^exp(c(1, -1) * z * error / share / abs(log(share))) else exact(share, known)
}

# Aalen-Johansen with death as a competing event, Gray's variance, limits on the log(-log) scale; a row a day.
incidence <- function(rows) {
  rows <- rows[order(rows$day), ]
  d1 <- rows$failed
  d2 <- rows$died
  all <- d1 + d2 + rows$left
  n <- rev(cumsum(rev(all)))
  known <- sum(all) - c(0, cumsum(rows$left))[seq_along(n)]
  part <- function(x) ifelse(n > 0, x / pmax(n, 1), 0)
  after <- cumprod(1 - part(d1 + d2))
  before <- c(1, after)[seq_along(after)]
  share <- pmin(cumsum(before * part(d1)), 1)
  share[after == 0 & cumsum(d2) == 0] <- 1
  untied <- function(d) ifelse(d > 1, 1 - (d - 1) / pmax(n - 1, 1), 1)
  g1 <- before^2 * untied(d1) * part(d1) / pmax(n, 1)
  g2 <- before^2 * untied(d2) * part(d2) / pmax(n, 1)
  inverse <- ifelse(after > 0, 1 / after, 0)
  ratio <- share * inverse
  v1 <- cumsum((1 + ratio)^2 * g1 + ratio^2 * g2)
  v2 <- cumsum(((1 + ratio) * g1 + ratio * g2) * inverse)
  v3 <- cumsum((g1 + g2) * inverse^2)
  error <- sqrt(pmax(v1 + share^2 * v3 - 2 * share * v2, 0))
  ends <- mapply(limits, share, error, known)
  data.frame(day = rows$day, at_risk = n, known = known, share = share, lower = ends[1, ], upper = ends[2, ])
}

# The share failed by a day; nothing where nobody is followed so long, unless nobody remained by then.
at_day <- function(rows, day) {
  all <- rows$failed + rows$died + rows$left
  known <- sum(all) - sum(rows$left[rows$day < day])
  found <- incidence(rows)
  rows <- rows[order(rows$day), ]
  so_far <- found$day <= day
  remained <- !any(so_far & found$at_risk > 0 & found$at_risk == rows$failed + rows$died)
  if (sum(all[rows$day >= day]) == 0 && remained) return(c(share = NA, lower = NA, upper = NA))
  last <- if (any(so_far)) unlist(found[max(which(so_far)), c("share", "lower", "upper")]) else c(share = 0)
  if (last[["share"]] > 0 && last[["share"]] < 1) return(last)
  ends <- exact(last[["share"]], known)
  c(share = last[["share"]], lower = ends[1], upper = ends[2])
}

# On how many operations a share rests: at risk on the day over the share free of failure and death before it.
rests_on <- function(rows, day) {
  rows <- rows[order(rows$day), ]
  all <- rows$failed + rows$died + rows$left
  n <- rev(cumsum(rev(all)))
  earlier <- rows$day < day
  free <- prod(1 - ((rows$failed + rows$died) / pmax(n, 1))[earlier])
  if (free > 0) sum(all[!earlier]) / free else sum(all)
}

asked <- read("asked.csv")
asked <- setNames(asked$value, asked$name)
counts <- read("counts.csv")
said <- read("figures.csv")
names_in_order <- unique(counts$group)
of_group <- function(name) {
  rows <- counts[counts$group == name, ]
  data.frame(day = number(rows$day), failed = number(rows$failed), died = number(rows$died), left = number(rows$left))
}

recipes <- list(
  curve = function() do.call(rbind, lapply(names_in_order, function(name) cbind(group = name, incidence(of_group(name))))),
  by_a_day = function() do.call(rbind, lapply(names_in_order, function(name) {
    data.frame(group = name, t(at_day(of_group(name), number(asked[["day"]]))))
  })),
  periods = function() {
    day <- number(asked[["day"]])
    together <- aggregate(cbind(failed, died, left) ~ day, do.call(rbind, lapply(names_in_order, of_group)), sum)
    centre <- at_day(together, day)[["share"]]
    do.call(rbind, lapply(names_in_order, function(name) {
      reach <- 3 * sqrt(centre * (1 - centre) / rests_on(of_group(name), day))
      data.frame(group = name, centre = centre, t(at_day(of_group(name), day)),
                 lower_limit = max(centre - reach, 0), upper_limit = min(centre + reach, 1))
    }))
  },
  counted = function() {
    x <- number(counts$part)
    n <- number(counts$whole)
    ends <- mapply(function(x, n) if (n > 0) wilson(x, n) else c(NA, NA), x, n)
    data.frame(group = counts$group, share = x / n, lower = ends[1, ], upper = ends[2, ])
  },
  ratios = function() {
    seen <- number(counts$observed)
    expected <- number(counts$expected)
    data.frame(group = counts$group, ratio = seen / expected, lower = qgamma(0.025, seen) / expected,
               upper = qgamma(0.975, seen + 1) / expected,
               ratio_limit_95_low = qgamma(0.025, expected) / expected,
               ratio_limit_95_high = qgamma(0.975, expected + 1) / expected,
               ratio_limit_998_low = qgamma(0.001, expected) / expected,
               ratio_limit_998_high = qgamma(0.999, expected + 1) / expected)
  }
)
found <- recipes[[asked[["recipe"]]]]()
write.csv(format(found, digits = 15), row.names = FALSE, quote = FALSE)

key <- function(rows) paste(rows$group, if (is.null(rows$day)) "" else as.character(number(rows$day)))
place <- match(key(said), key(found))
worst <- 0
for (name in setdiff(names(said), c("group", "label", "day"))) {
  value <- number(said[[name]])
  there <- !is.na(value)
  apart <- abs(found[[name]][place][there] - value[there])
  worst <- max(worst, ifelse(is.na(apart), Inf, apart), 0)
}

value <- if (asked[["recipe"]] == "ratios") "ratio" else "share"
pdf("redrawn-R.pdf", width = 9, height = 6)
if (is.null(found$day)) {
  drawn <- found[!is.na(found[[value]]), ]
  y <- rev(seq_len(nrow(drawn)))
  par(mar = c(4, 12, 1, 1))
  plot(drawn[[value]], y, xlim = c(0, max(drawn$upper, 0.01, na.rm = TRUE)), yaxt = "n", ylab = "", xlab = value, pch = 19)
  if (nrow(drawn)) segments(drawn$lower, y, drawn$upper, y)
  axis(2, y, drawn$group, las = 1)
} else {
  plot(NULL, xlim = range(found$day), ylim = c(0, max(found$share)), xlab = "day", ylab = "share")
  for (name in names_in_order) lines(found$day[found$group == name], found$share[found$group == name], type = "s")
}
invisible(dev.off())
message("Furthest from the app's figures: ", format(worst, digits = 3))
quit(status = if (worst <= 1e-9) 0 else 1)
