/* What the words of a text stand for, as the checker finds it on its way: for editors.
 *
 *   SpecOptions options = {.places = places_new(ctx, (Str){0})};
 *   Spec *spec = spec_load_text(ctx, path, text, &options);
 *   spec_check(spec);
 *   const TextPlace *place = place_at(options.places, position);
 *
 * Kept is what stands in the text that the spec was loaded from, not what it imports. A function is
 * elaborated once for each way it is used, so a place may have several values. Words that stand for
 * the same thing are one class: a declaration, its uses, new values for the same name, a value that
 * a loop carries and what it leaves. Words of text that nothing elaborates (a function that takes a
 * layer and is never called, a branch that is not taken) have no place.
 */
#ifndef ORDO_FRONTEND_PLACES_H
#define ORDO_FRONTEND_PLACES_H

#include "frontend/check.h"
#include "frontend/syntax/ast.h"

typedef enum WordKind {
  WORD_name,     /* a variable, parameter, constant, size, setting */
  WORD_index,    /* an index, or the counter of a loop */
  WORD_member,   /* of a layer: a weight, another layer, a constant */
  WORD_method,   /* of a layer */
  WORD_argument, /* the name of an argument: adam(lr = 1) */
  WORD_item,     /* what stands at the top of a file: a function, a layer, ... */
  WORD_column,   /* of a data set */
  WORD_expr      /* no word: an expression */
} WordKind;

typedef struct PlaceValue PlaceValue;
typedef struct TextPlace {
  WordKind kind;
  bool used;         /* as a value, not only declared */
  Str name;          /* of a word */
  Span span;         /* of the word or expression; of a declaration elsewhere, that */
  Span declared;     /* of a word: where what it stands for is declared; its own at a declaration */
  PlaceValue *first; /* its values, as they came */
  uint32_t n_general; /* of all sizes, among them */
  uint32_t n_values;  /* kept of them: FEW_VALUES at most */
  uint32_t parent, next;
} TextPlace;

/* A name that would be right at a place, and what it stands for. */
typedef struct PlaceOffer {
  Str name;
  WordKind kind;
  const char *text; /* "f32[B, N]", "a layer Linear(3, 4)" */
  bool own;         /* of what stands before the dot, or of the function: not of the whole file */
} PlaceOffer;

/* wanted: a word of the text that is no name, at which names are to be offered; or none. */
TextPlaces *places_new(Ctx *ctx, Str wanted);
/* Words of the text, in its order; expressions. */
typedef struct PlaceList {
  const TextPlace **data;
  uint32_t len;
} PlaceList;
PlaceList places_words(const TextPlaces *places);
/* The word that the position is in or at the end of; NULL: none. */
const TextPlace *place_at(const TextPlaces *places, uint32_t position);
/* The smallest expression around a position. */
const TextPlace *place_around(const TextPlaces *places, uint32_t position);
/* The word that begins there; NULL. */
const TextPlace *place_of_word(const TextPlaces *places, Span span);
/* The expression of exactly that span, which is no name and no literal; NULL. */
const TextPlace *place_of_expr(const TextPlaces *places, Span span);
/* Equal for words that stand for the same thing. */
uint32_t place_class(const TextPlaces *places, const TextPlace *place);
bool place_same(const TextPlaces *places, const TextPlace *a, const TextPlace *b);
/* "f32[B, N]": value i of a place, for people. NULL: there is none such. */
const char *place_text(const TextPlaces *places, const TextPlace *place, uint32_t i);
/* Its type as a signature would say it, when it has one: tensors and tuples of them. */
const char *place_type(const TextPlaces *places, const TextPlace *place);
typedef struct PlaceOffers {
  const PlaceOffer *data;
  uint32_t len;
} PlaceOffers;
PlaceOffers places_offered(const TextPlaces *places);

/* The syntax tree of the text that a spec was loaded from; NULL when it could not be read. */
const AstFile *spec_text(const Spec *spec);
/* The tree of any text of the spec, by a position in it; NULL. */
const AstFile *spec_text_at(const Spec *spec, uint32_t position);
/* Whether the spec has read this file, by its canonical path. */
bool spec_reads(const Spec *spec, const char *path);
/* The position where the text that an import names begins; 0 when it was not read. */
uint32_t spec_imported(const Spec *spec, const Item *import);

#endif
