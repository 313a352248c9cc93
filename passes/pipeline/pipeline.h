/* Pipelines of passes: running them, statistics. The tables: passes/pipeline/pass_table.h.
 *
 *   PassCtx *pc = pass_ctx_new(ctx, NULL);
 *   Graph *out = pipeline_run(pc, g, pipeline_default(2));
 *   pass_ctx_free(pc);
 */
#ifndef ORDO_PASSES_PIPELINE_PIPELINE_H
#define ORDO_PASSES_PIPELINE_PIPELINE_H

#include "passes/pipeline/pass_table.h"

PipelineOptions pipeline_options(void); /* the defaults */

PassCtx *pass_ctx_new(Ctx *ctx, const PipelineOptions *options);
void pass_ctx_free(PassCtx *pc); /* closes plug-ins and the filter; memory belongs to ctx */

/* ---- pipelines ---- */
/* A pipeline as its passes, named pipelines written out. NULL and a diagnostic on an error. */
const char *pipeline_passes(PassCtx *pc, const char *pipeline);
/* Runs a pipeline. NULL and diagnostics E06xx on an error. */
Graph *pipeline_run(PassCtx *pc, const Graph *g, const char *pipeline);
/* Checks a pipeline's text without running it. */
bool pipeline_check(PassCtx *pc, const char *pipeline);
/* What the pass left, as text: the graph, or what the pass's row says. pass may be NULL. */
void pipeline_show(PassCtx *pc, const char *pass, const Graph *g, bool spans, Text *out);
/* "pass  nodes  time" as a table; the same as JSON. */
void pipeline_stats(const PassCtx *pc, Text *out);
void pipeline_stats_json(const PassCtx *pc, Text *out);
/* Loads a pass from a shared object (passes/plugin.h); its name may then stand in pipelines. */
bool pipeline_load_plugin(PassCtx *pc, const char *path);
/* Whether the graph with its calls written out is not too large for any pass: otherwise a
 * diagnostic at its largest call (passes/pipeline/inline.c). */
bool inline_fits(PassCtx *pc, const Graph *g);

#endif
