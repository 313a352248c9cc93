/* Walks over a syntax tree: every expression, every statement, every declaration in it. */
#ifndef ORDO_APP_LSP_WALK_H
#define ORDO_APP_LSP_WALK_H

#include "frontend/syntax/ast.h"

typedef struct TreeWalk {
  void *user;
  /* Each may be NULL. Outer ones come before what is in them. */
  void (*expr)(void *user, const Expr *x);
  void (*stmt)(void *user, const Stmt *s);
  void (*item)(void *user, const Item *item);
  void (*member)(void *user, const Item *owner, const Member *m); /* also inside of 'if' */
  void (*part)(void *user, const Item *program, const TrainMember *m);
} TreeWalk;
void walk_file(const TreeWalk *walk, const AstFile *file);

/* The function, or the declaration at the top of the file, around a position; or no place. */
Span walk_function_at(const AstFile *file, uint32_t position);
Span walk_item_at(const AstFile *file, uint32_t position);

#endif
