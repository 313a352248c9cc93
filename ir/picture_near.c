/* "did you mean" for what can be named in a picture. */

#include "base/near.h"
#include "ir/picture_model.h"

static void help_near(Ctx *ctx, const NearName *near) {
  if (near->best)
    diag_help(ctx, "did you mean '%s'?", near->best);
  else
    diag_help(ctx, "'ordo show MODEL FUNCTION --list' lists them");
}

void picture_help_frame(const Picture *p, const char *wanted) {
  NearName near = near_name(wanted);
  for (uint32_t i = 1; i < p->clusters.len; i++) {
    near_try(&near, p->clusters.data[i].path);
    near_try(&near, p->clusters.data[i].name);
  }
  static const char *const kinds[] = {"scope", "scan", "kernel", "call"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) near_try(&near, kinds[i]);
  help_near(p->ctx, &near);
}

void picture_help_name(const Picture *p, const char *wanted) {
  NearName near = near_name(wanted);
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    near_try(&near, p->boxes.data[i].name);
    if (p->boxes.data[i].kind == BOX_result) near_try(&near, p->boxes.data[i].title);
  }
  if (near.best)
    help_near(p->ctx, &near);
  else
    diag_help(p->ctx,
              "give a name from the program ('ordo show MODEL FUNCTION --list' lists them), "
              "or %%N as 'ordo show --format txt' prints it");
}
