# Reference values of logistic, Huber and quantile regression, for test/unit and test/sql: R's glm, MASS::rlm and
# quantreg::rq on real data. Prints them as rows of C and SQL tests have them.
#
#   MUSICINTEL_DATA=../shared/data Rscript test/reference/regressions.r
#
# Debian packages r-base-core, r-cran-mass, r-cran-quantreg. The values in the tests came from R 4.2.2, MASS 7.3-58.2,
# quantreg 5.94.
suppressPackageStartupMessages({
	library(MASS)
	library(quantreg)
})
options(digits = 15, width = 200)
data <- Sys.getenv("MUSICINTEL_DATA", "../shared/data")

show <- function(what, estimate, std_error) {
	cat("\n", what, "\n", sep = "")
	cat(sprintf("\t{%.15g, %.15g},\n", estimate, std_error), sep = "")
}

# Converged to the last digit, which glm's own default does not promise.
exact <- glm.control(epsilon = 1e-15, maxit = 100)

logistic <- function(what, formula, frame) {
	fit <- glm(formula, binomial, frame, control = exact)
	figures <- summary(fit)$coefficients
	show(paste("logistic", what), figures[, 1], figures[, 2])
	cat(sprintf("n %d null_deviance %.15g deviance %.15g aic %.15g bic %.15g log_likelihood %.15g\n", nobs(fit),
		fit$null.deviance, fit$deviance, AIC(fit), BIC(fit), logLik(fit)))
	cat(sprintf("first term: z %.15g p %.15g\n", figures[2, 3], figures[2, 4]))
}

# Newton's method on the penalised likelihood, the intercept not penalised; errors of the shrunken estimates.
ridge <- function(what, formula, frame, l2) {
	x <- model.matrix(formula, frame)
	y <- model.response(model.frame(formula, frame))
	penalty <- diag(c(0, rep(l2, ncol(x) - 1)))
	b <- rep(0, ncol(x))
	for (i in 1:100) {
		mu <- plogis(drop(x %*% b))
		hessian <- crossprod(x, mu * (1 - mu) * x)
		b <- drop(b + solve(hessian + penalty, crossprod(x, y - mu) - penalty %*% b, tol = 0))
	}
	inverse <- solve(hessian + penalty, tol = 0)
	show(paste("logistic", what, "l2", l2), b, sqrt(diag(inverse %*% hessian %*% inverse)))
	cat(sprintf("log_likelihood %.15g effective parameters %.15g\n", sum(log(ifelse(y, mu, 1 - mu))),
		sum(diag(inverse %*% hessian))))
}

huber <- function(what, formula, frame, ...) {
	fit <- rlm(formula, frame, ...)
	figures <- summary(fit)$coefficients
	show(paste("huber", what), figures[, 1], figures[, 2])
	cat(sprintf("sigma %.15g iterations %d downweighted %d\n", fit$s, length(fit$conv), sum(fit$w < 1)))
}

quantile_at <- function(what, formula, frame, tau) {
	fit <- rq(formula, tau, frame)
	figures <- summary(fit, se = "nid")$coefficients
	show(paste("quantile", what, "tau", tau), figures[, 1], figures[, 2])
	null <- rq(update(formula, . ~ 1), tau, frame)
	cat(sprintf("loss %.15g r1 %.15g\n", fit$rho, 1 - fit$rho / null$rho))
}

# The method of these data's own study: popularity against how known the artist is (see docs/popularity.md).
popularity <- read.csv(file.path(data, "popularity", "base_aligned.csv"))
popularity <- data.frame(popularity = popularity$track_popularity, artist = popularity$artist_popularity,
	followers = log(1 + popularity$artist_followers), minutes = popularity$track_time_ms / 60000,
	genre = popularity$genre, explicit = popularity$track_explicitness == "explicit")
popularity <- popularity[complete.cases(popularity), ]
popularity$hit <- popularity$popularity >= 70
cat(nrow(popularity), "rows of popularity,", sum(popularity$hit), "hits\n")
tracks <- ~ artist + followers + minutes
logistic("popularity", update(tracks, hit ~ .), popularity)
huber("popularity", update(tracks, popularity ~ .), popularity)
huber("popularity k 2", update(tracks, popularity ~ .), popularity, k = 2)
for (tau in c(.1, .5, .9))
	quantile_at("popularity", update(tracks, popularity ~ .), popularity, tau)

# "Classical" has no hit: a level that separates. The others have.
genres <- c("Pop", "Rock", "Hip-Hop/Rap", "Country")
some <- popularity[popularity$genre %in% genres, ]
some$genre <- factor(some$genre, sort(genres))
logistic("popularity by genre", hit ~ artist + genre + explicit, some)
huber("popularity by genre", popularity ~ artist + genre + explicit, some)
quantile_at("popularity by genre", popularity ~ minutes + followers + genre + explicit, some, .4)

# Enough rows for the reduced problem of quantile regression.
songs <- read.csv(file.path(data, "popularity", "spotify_songs.csv"))
cat(nrow(songs), "rows of songs\n")
sound <- track_popularity ~ danceability + energy + loudness + valence + tempo + duration_ms
for (tau in c(.25, .5, .95))
	quantile_at("songs", sound, songs, tau)
huber("songs", sound, songs)
logistic("songs", update(sound, track_popularity >= 70 ~ .), songs)

cancer <- read.csv(file.path(data, "reference", "clustering", "breast_cancer.csv"), header = FALSE, skip = 1)
cancer <- data.frame(benign = cancer[, 31] == 1, cancer[, 1:30])
names(cancer)[-1] <- paste0("x", 1:30)
logistic("cancer", benign ~ x1 + x2 + x5 + x6, cancer)
logistic("cancer without an intercept", benign ~ x1 + x2 + x5 + x6 - 1, cancer)
ridge("cancer", benign ~ x1 + x2 + x5 + x6, cancer, 1)
ridge("cancer", benign ~ x1 + x2 + x5 + x6, cancer, .001)
huber("cancer", x4 ~ x1 + x2 + x5, cancer)
huber("cancer without an intercept", x4 ~ x1 + x2 + x5 - 1, cancer)
for (tau in c(.05, .25, .5, .75))
	quantile_at("cancer", x4 ~ x1 + x2 + x5, cancer, tau)
quantile_at("cancer without an intercept", x4 ~ x1 + x2 + x5 - 1, cancer, .5)

lines <- readLines(file.path(data, "reference", "nist", "Longley.dat"))
longley <- read.table(text = lines[(max(grep("^Data:", lines)) + 1):length(lines)])
names(longley) <- c("y", paste0("x", 1:6))
huber("longley", y ~ ., longley)
quantile_at("longley", y ~ ., longley, .5)
