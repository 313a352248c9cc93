/* Ranges and round numbers of axes: see plot.h. */
#include <math.h>
#include <string.h>

#include "app/plot.h"

/* 1, 2 or 5 times a power of ten: the smallest that is not below x. */
static double round_up(double x) {
  double power = pow(10, floor(log10(x)));
  double digits = x / power;
  return power * (digits <= 1.0000001 ? 1 : digits <= 2.0000001 ? 2 : digits <= 5.0000001 ? 5 : 10);
}

/* 0.25, 1000, 20k, 3M, 1e-05 */
static const char *label(Ctx *ctx, double x) {
  if (fabs(x) >= 1e9) return ctx_printf(ctx, "%g", x);
  if (fabs(x) >= 1e6) return ctx_printf(ctx, "%gM", x / 1e6);
  if (fabs(x) >= 1e4) return ctx_printf(ctx, "%gk", x / 1e3);
  return ctx_printf(ctx, "%g", fabs(x) < 1e-14 ? 0 : x);
}

static void tick(Ctx *ctx, PlotAxis *axis, double at, bool with_label) {
  double place = plot_place(axis, at);
  if (!(place > -1e-9 && place < 1 + 1e-9)) return;
  vec_push(&ctx->arena, &axis->ticks, ((PlotTick){at, with_label ? label(ctx, at) : ""}));
}

static void linear_ticks(Ctx *ctx, PlotAxis *axis, int count) {
  double step = round_up((axis->high - axis->low) / count);
  long long first = llround(ceil(axis->low / step - 1e-9));
  long long last = llround(floor(axis->high / step + 1e-9));
  for (long long k = first; k <= last; k++) tick(ctx, axis, (double)k * step, true);
}

/* All decades have numbers, or every n-th; within few decades 2 and 5 have them too. */
static void log_ticks(Ctx *ctx, PlotAxis *axis, int count) {
  int first = (int)floor(log10(axis->low)), last = (int)ceil(log10(axis->high));
  double decades = log10(axis->high / axis->low);
  int every = (int)fmax(1, ceil(decades / count));
  for (int k = first; k <= last; k++)
    for (int digit = 1; digit < 10; digit++) {
      bool one = digit == 1 && (k - first) % every == 0;
      bool more = every == 1 && ((decades < 2.5 && (digit == 2 || digit == 5)) || decades < 0.7);
      if (digit == 1 || every == 1) tick(ctx, axis, digit * pow(10, k), one || more);
    }
}

static int named(const PlotAxis *axis) {
  int n = 0;
  for (uint32_t i = 0; i < axis->ticks.len; i++) n += *axis->ticks.data[i].label != 0;
  return n;
}

PlotAxis plot_axis(Ctx *ctx, double low, double high, bool log, bool tight, int count) {
  PlotAxis axis = {.log = log, .low = low, .high = high};
  if (log) {
    double factor = high > low ? pow(high / low, tight ? 0 : 0.04) : 1.5;
    axis.low /= factor;
    axis.high *= factor;
    log_ticks(ctx, &axis, count);
    if (named(&axis) < 2) { /* less than a decade: as on a linear axis */
      axis.ticks.len = 0;
      linear_ticks(ctx, &axis, count);
    }
  } else {
    double margin = high > low ? (tight ? 0 : 0.04 * (high - low)) : fmax(0.5 * fabs(low), 0.5);
    axis.low -= margin;
    axis.high += margin;
    if (low >= 0 && axis.low < 0) axis.low = 0; /* what is never negative starts at 0 */
    linear_ticks(ctx, &axis, count);
  }
  return axis;
}

double plot_place(const PlotAxis *axis, double value) {
  if (!isfinite(value) || (axis->log && value <= 0)) return NAN;
  if (axis->log) return log(value / axis->low) / log(axis->high / axis->low);
  return (value - axis->low) / (axis->high - axis->low);
}
