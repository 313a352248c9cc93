/* How fast this machine runs compiled code, measured: what times are predicted with
 * (app/kernels.h). */
#ifndef ORDO_APP_MACHINE_RATES_H
#define ORDO_APP_MACHINE_RATES_H

#include "app/kernels.h"

/* Some milliseconds for each rate. False after a diagnostic. */
bool machine_rates(Ctx *ctx, Engine *engine, MachineRates *out);

#endif
