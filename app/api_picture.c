/* Pictures of graphs, in memory. */
#include "app/api.h"

#include <string.h>

#include "app/pick.h"
#include "io/formats.h"
#include "ir/picture.h"

OrdoPicture ordo_picture_options(void) { return (OrdoPicture){0}; }

static PictureOptions options_of(const OrdoPicture *picture) {
  return (PictureOptions){.across = picture->across,
                          .broadcasts = picture->broadcasts,
                          .depth = picture->depth,
                          .around = picture->around,
                          .radius = picture->radius,
                          .whole = picture->whole,
                          .most = picture->whole ? 1 << 30 : 0};
}

static const char *format_of_picture(Ctx *ctx, const char *name) {
  const Format *format = format_named(name ? name : "svg", FOR_picture);
  if (format) return format->suffix + 1;
  diag_at(ctx, (Span){0}, E_call_arguments, "'%s' is no format of pictures", name);
  diag_help(ctx, "%s", formats_known(ctx, FOR_picture, false));
  return NULL;
}

/* The picture, and its number of bytes; NULL after a diagnostic. */
static const char *put(Ctx *ctx, const Graph *g, const OrdoPicture *picture, const char *format,
                       size_t *bytes) {
  PictureOptions options = options_of(picture);
  Text out = text_new(&ctx->arena);
  if (!picture_put(ctx, g, &options, format, &out)) return NULL;
  *bytes = out.len;
  return text_str(&out);
}

static void free_compile(void *compile) { compile_free(compile); }

static const char *draw(OrdoSpec *spec, const char *name, const OrdoPicture *picture,
                        size_t *bytes) {
  Ordo *ordo = spec->ordo;
  CompileOptions options = compile_options();
  ArenaCleanup cleanup;
  arena_reset(&spec->pictures.arena);
  Ctx *ctx = api_begin(ordo, spec->ctx);
  if (!api_usable(spec)) return api_end(ordo, false), NULL;
  Compile c = compile_spec(ctx, spec->spec, COMPILE_graph, name, &options);
  arena_defer(&ctx->arena, &cleanup, free_compile, &c);
  ordo->elaborates = true;
  const char *format = format_of_picture(ctx, picture->format), *text = NULL;
  bool good = format && compile(&c, PHASE_check);
  ordo->elaborates = false;
  ctx_enter(ctx, &spec->pictures);
  const Graph *g = good ? compile_pick(&c, picture->before, picture->after) : NULL;
  if (g && !strcmp(format, "txt")) {
    text = graph_str(g);
    *bytes = strlen(text);
  } else if (g) {
    text = put(ctx, g, picture, format, bytes);
  }
  ctx_leave(ctx);
  arena_done(&ctx->arena, &cleanup);
  return api_end(ordo, text != NULL) ? text : NULL;
}

const char *ordo_picture(OrdoSpec *spec, const char *name, const OrdoPicture *picture,
                         size_t *bytes) {
  spec->ordo->at = NULL;
  *bytes = 0;
  if (!setjmp(spec->ordo->escape.jump)) return draw(spec, name, picture, bytes);
  api_starved(spec->ordo);
  spec->spoiled = spec->spoiled || spec->ordo->elaborates;
  spec->ordo->elaborates = false;
  return NULL;
}
