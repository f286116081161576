/* Erlang B and C in plain C, at a cost that does not grow with the load: the limit our compiled Python is held against.
 *
 * The same uniform expansion as wfm/erlang/formulas/uniform.py (which names the sources), written again in C; erfcx comes
 * from a table of its own. SLOPE, PIECES, DEGREE and ERFCX are put in front by benchmarks/erlang_twin.py. Where the
 * expansion does not hold, and as `*_by_recursion`, the textbook recursion 1/B(k) = 1 + k/a 1/B(k-1), for whole n.
 */
#include <math.h>

/* e^(w w) erfc(w), w >= 0: polynomials in t = 4/(4 + w), from 0 to 1, for erfcx/t. */
static inline double erfcx(double w)
{
    double t = 4.0 / (4.0 + w);
    double place = t * PIECES;
    int piece = (int)place;
    if (piece >= PIECES)
        piece = PIECES - 1;
    double x = 2.0 * (place - piece) - 1.0;
    const double *c = ERFCX + piece * (DEGREE + 1);
    double sum = c[DEGREE];
    for (int k = DEGREE - 1; k >= 0; k--)
        sum = sum * x + c[k];
    return t * sum;
}

static inline double half_square(double d)
{
    if (d > -0.25 && d < 0.25) {
        double v = d / (2.0 + d), q = v * v;
        double s = 1.0 / 13.0 + q * (1.0 / 15.0 + q * (1.0 / 17.0 + q / 19.0));
        s = 1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * s))));
        return v * (d - 2.0 * q * s);
    }
    return d - log1p(d);
}

static inline double sweep(int most, double inverse, double eta, double *first)
{
    double above = SLOPE[most + 2], beta = SLOPE[most + 1], rest = above * eta + beta;
    for (int n = most; n > 0; n--) {
        double next = SLOPE[n] + (n + 1.0) * inverse * above;
        above = beta;
        beta = next;
        rest = rest * eta + beta;
    }
    *first = above;
    return rest;
}

/* Blocked to served, as odds; 0 where the expansion does not hold. */
static inline int odds(double n, double a, double *blocked, double *served)
{
    double d = (a - n) / n;
    if (!(n >= 12.0 && d >= -0.7 && d <= 1.36))
        return 0;
    double square = half_square(d), eta = sqrt(2.0 * square), inverse = 1.0 / n, first, rest;
    square *= n;
    if (d < 0.0)
        eta = -eta;
    if (n >= 100.0 && fabs(eta) < 0.1)
        rest = sweep(9, inverse, eta, &first);
    else if (n >= 40.0 && fabs(eta) < 0.4)
        rest = sweep(13, inverse, eta, &first);
    else
        rest = sweep(29, inverse, eta, &first);
    double half = (1.0 + first * inverse) * sqrt(1.5707963267948966 * n);
    double scaled = half * erfcx(sqrt(square));
    if (d >= 0.0) {
        *blocked = 1.0;
        *served = scaled + rest;
    } else {
        *blocked = exp(-square);
        *served = 2.0 * half + *blocked * (rest - scaled);
    }
    return 1;
}

/* 1/B */
static inline double recursion(double n, double a)
{
    double inverse = 1.0;
    for (double k = 1.0; k <= n; k += 1.0)
        inverse = 1.0 + inverse * k / a;
    return inverse;
}

static inline double blocking(double n, double a, int by_recursion)
{
    double blocked, served;
    if (by_recursion || !odds(n, a, &blocked, &served))
        return 1.0 / recursion(n, a);
    return blocked / (blocked + served);
}

static inline double service_level(double n, double a, double within, int by_recursion)
{
    double blocked, served, wait;
    if (n <= a)
        return 0.0;
    if (by_recursion || !odds(n, a, &blocked, &served)) {
        double b = 1.0 / recursion(n, a);
        wait = n * b / (n - a + a * b);
    } else {
        wait = n * blocked / (n * blocked + (n - a) * served);
    }
    return 1.0 - wait * exp(-(n - a) * within);
}

void blocking_each(long size, const double *n, const double *a, double *out)
{
    for (long i = 0; i < size; i++)
        out[i] = blocking(n[i], a[i], 0);
}

void service_level_each(long size, const double *n, const double *a, const double *within, double *out)
{
    for (long i = 0; i < size; i++)
        out[i] = service_level(n[i], a[i], within[i], 0);
}

void service_level_by_recursion_each(long size, const double *n, const double *a, const double *within, double *out)
{
    for (long i = 0; i < size; i++)
        out[i] = service_level(n[i], a[i], within[i], 1);
}
