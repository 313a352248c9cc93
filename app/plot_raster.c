/* SVG to PNG and PDF: see plot.h.
 *
 * librsvg and cairo are loaded when a picture is wanted, so that no other command waits for them.
 * What is used of their interfaces is declared here; both keep theirs for ever within a library
 * version (librsvg-2.so.2, since 2.46; libcairo.so.2). */
#include <dlfcn.h>
#include <math.h>
#include <string.h>

#include "io/file.h"
#include "app/plot.h"

typedef struct Rectangle {
  double x, y, width, height;
} Rectangle;

typedef int (*WriteBytes)(void *closure, const unsigned char *data, unsigned int length);

typedef struct Painter {
  void *svg, *cairo; /* the libraries */
  void *(*handle_new)(const uint8_t *data, size_t length, void **error);
  int (*handle_size)(void *handle, double *width, double *height);
  int (*handle_render)(void *handle, void *cr, const Rectangle *viewport, void **error);
  void (*unref)(void *object);
  void *(*image_new)(int format, int width, int height);
  int (*image_write)(void *surface, WriteBytes write, void *closure);
  void *(*pdf_new)(WriteBytes write, void *closure, double width, double height);
  void *(*cr_new)(void *surface);
  void (*cr_scale)(void *cr, double x, double y);
  void (*cr_free)(void *cr);
  void (*surface_finish)(void *surface);
  int (*surface_status)(void *surface);
  void (*surface_free)(void *surface);
} Painter;

static bool load(Ctx *ctx, Painter *p) {
  p->cairo = dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL);
  p->svg = p->cairo ? dlopen("librsvg-2.so.2", RTLD_NOW | RTLD_LOCAL) : NULL;
  const struct {
    void *library;
    const char *name;
    void *to;
  } symbols[] = {
      {p->svg, "rsvg_handle_new_from_data", &p->handle_new},
      {p->svg, "rsvg_handle_get_intrinsic_size_in_pixels", &p->handle_size},
      {p->svg, "rsvg_handle_render_document", &p->handle_render},
      {p->svg, "g_object_unref", &p->unref},
      {p->cairo, "cairo_image_surface_create", &p->image_new},
      {p->cairo, "cairo_surface_write_to_png_stream", &p->image_write},
      {p->cairo, "cairo_pdf_surface_create_for_stream", &p->pdf_new},
      {p->cairo, "cairo_create", &p->cr_new},
      {p->cairo, "cairo_scale", &p->cr_scale},
      {p->cairo, "cairo_destroy", &p->cr_free},
      {p->cairo, "cairo_surface_finish", &p->surface_finish},
      {p->cairo, "cairo_surface_status", &p->surface_status},
      {p->cairo, "cairo_surface_destroy", &p->surface_free},
  };
  bool good = p->svg != NULL;
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols && good; i++) {
    void *found = dlsym(symbols[i].library, symbols[i].name);
    memcpy(symbols[i].to, &found, sizeof found);
    good = found != NULL;
  }
  if (good) return true;
  const char *why = dlerror();
  diag_at(ctx, (Span){0}, E_file_write, "PNG and PDF need librsvg: %s", why ? why : "not found");
  diag_help(ctx, "install librsvg2-2 (Debian), or write .svg");
  return false;
}

static int put_bytes(void *file, const unsigned char *data, unsigned int length) {
  file_put(file, data, length);
  return 0;
}

/* True when everything was drawn. */
static bool draw(const Painter *p, void *handle, const char *format, double scale, FileOut *file) {
  double width = 0, height = 0;
  bool png = !strcmp(format, "png");
  if (!p->handle_size(handle, &width, &height)) return false;
  void *surface = png ? p->image_new(0, (int)lround(scale * width), (int)lround(scale * height))
                      : p->pdf_new(put_bytes, file, 0.75 * width, 0.75 * height);
  void *cr = p->cr_new(surface);
  p->cr_scale(cr, png ? scale : 0.75, png ? scale : 0.75);
  Rectangle viewport = {0, 0, width, height};
  bool good = p->handle_render(handle, cr, &viewport, NULL);
  p->cr_free(cr);
  if (png && good) good = !p->image_write(surface, put_bytes, file);
  if (!png) p->surface_finish(surface);
  good = good && !p->surface_status(surface);
  p->surface_free(surface);
  return good;
}

bool plot_convert(Ctx *ctx, const Text *svg, const char *format, double scale, const char *path) {
  Painter p = {0};
  FileOut file;
  if (!load(ctx, &p)) return false;
  void *handle = p.handle_new((const uint8_t *)text_str(svg), svg->len, NULL);
  if (!handle || !file_create(ctx, path, &file)) {
    if (!handle) ORDO_BUG("librsvg does not read the picture");
    p.unref(handle);
    return false;
  }
  bool good = draw(&p, handle, format, scale, &file);
  p.unref(handle);
  if (good) return file_commit(&file);
  file_abandon(&file);
  diag_at(ctx, (Span){0}, E_file_write, "cannot draw '%s': no memory for the picture", path);
  return false;
}
