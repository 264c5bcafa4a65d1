/*
 * Reading a problem of NIST's Statistical Reference Datasets (linear regression): data and certified answers from the
 * files as NIST publishes them, https://www.itl.nist.gov/div898/strd/lls/lls.shtml.
 */
#ifndef MI_NIST_H
#define MI_NIST_H

#include "unit.h"

#define NIST_MAX_TERMS 16
#define NIST_MAX_ROWS 100

typedef struct nist_problem
{
	const char *name; /* of the file, without .dat */
	int degree;       /* of the polynomial in one x; 0: several x, taken as they are */
	bool intercept;

	/* from the file */
	int terms; /* coefficients, the intercept included */
	int rows;
	double estimate[NIST_MAX_TERMS];
	double std_error[NIST_MAX_TERMS];
	double sigma;
	double r_squared;
	double y[NIST_MAX_ROWS];
	double x[NIST_MAX_ROWS][NIST_MAX_TERMS]; /* without the intercept's ones */
} nist_problem;

static inline void
nist_read_certified(nist_problem *problem, char *line)
{
	int term;
	double first;
	double second;

	if (sscanf(line, " B%d %lf %lf", &term, &first, &second) == 3 && term < NIST_MAX_TERMS)
	{
		problem->estimate[problem->terms] = first;
		problem->std_error[problem->terms++] = second;
	}
	else if (sscanf(line, " Standard Deviation %lf", &first) == 1)
		problem->sigma = first;
	else if (sscanf(line, " R-Squared %lf", &first) == 1)
		problem->r_squared = first;
}

static inline void
nist_read_row(nist_problem *problem, char *line)
{
	double *x = problem->x[problem->rows];
	char *end;
	int count = 0;

	problem->y[problem->rows] = strtod(line, &end);
	if (end == line)
		return;
	for (char *at = end;; at = end)
	{
		double value = strtod(at, &end);

		if (end == at)
			break;
		x[count++] = value;
	}
	for (int power = 2; power <= problem->degree; power++)
		x[power - 1] = x[power - 2] * x[0];
	problem->rows++;
}

/* False when there is no such file; the harness has said so. */
static inline bool
nist_read(nist_problem *problem)
{
	char path[256];
	char line[512];
	FILE *file;
	bool in_data = false;

	snprintf(path, sizeof(path), "reference/nist/%s.dat", problem->name);
	file = unit_open_data(path);
	if (file == NULL)
		return false;
	for (int number = 1; fgets(line, sizeof(line), file) != NULL; number++)
	{
		if (in_data)
			nist_read_row(problem, line);
		else if (strncmp(line, "Data: ", 6) == 0 && number > 50)
			in_data = true;
		else
			nist_read_certified(problem, line);
	}
	fclose(file);
	return true;
}

#endif
