/* The text of a pipeline as steps.
 *
 *   pipeline := step {"," step}
 *   step     := pass ["{" [name "=" value {"," name "=" value}] "}"]
 *             |  name of a row of pipelines.def
 *   value    := characters other than , } " and space  |  "anything, with \" and \\"
 *   insert   := pipeline "@" ("before" | "after") ":" place
 *   without  := place {"," place}
 *   place    := pass ["@" number]
 *
 * A place without a number is, behind "before", the first step of that pass, behind "after" the
 * last one, and all of them in a list of what is left out.
 */
#ifndef ORDO_PASSES_PIPELINE_STEPS_H
#define ORDO_PASSES_PIPELINE_STEPS_H

#include "passes/passes.h"

typedef struct PipelineStep {
  const PassInfo *pass;
  PassOptions options;
  const char *text; /* as it stands in the pipeline: "fuse{max=1}" */
} PipelineStep;
typedef VEC(PipelineStep) PipelineSteps;

/* The steps of the text alone. False after a diagnostic (E0600, E0601, E0602). */
bool steps_of_text(PassCtx *pc, const char *text, PipelineSteps *steps);
/* Those that run: with what the options of the context insert and leave out. All names in the
 * options are checked, those of rules, too. */
bool steps_read(PassCtx *pc, const char *text, PipelineSteps *steps);
/* "inline,fuse{max=1}" */
const char *steps_text(Ctx *ctx, const PipelineSteps *steps);

#endif
