/* The syntax tree of a source file: what the parser found, before any name is looked up.
 *
 * All nodes live in the context's arena, carry the span of their text, and are tagged structs;
 * lists are a pointer and a count. Nothing here is checked beyond grammar: a target may be
 * undefined, a call may be to nothing. A piece of text that could not be read becomes a poisoned
 * node (kind 0 of its enum); its diagnostic has been made, and later stages keep silent about it.
 * Pointers to mandatory children are never NULL (they are poisoned instead); children that may be
 * absent say so.
 */
#ifndef ORDO_FRONTEND_SYNTAX_AST_H
#define ORDO_FRONTEND_SYNTAX_AST_H

#include "base/ctx.h"

typedef struct Expr Expr;
typedef struct TypeExpr TypeExpr;
typedef struct Stmt Stmt;
typedef struct Member Member;

/* An identifier at a place. A name the parser had to invent is empty (str_none). */
typedef struct Name {
  Str str;
  Span span;
} Name;

/* ---- expressions ---- */

typedef enum ExprKind {
  EX_poison,
  EX_number,    /* 3, 1e-3, inf, nan */
  EX_string,    /* "text" */
  EX_bool,      /* true, false */
  EX_name,      /* x */
  EX_unary,     /* -a, not a */
  EX_binary,    /* a + b */
  EX_call,      /* f(x, k = v), net.encode(x), block[0](x) */
  EX_reduce,    /* sum[i, j](e), softmax[n](e), reverse[t](e), concat[axis = 0](a, b) */
  EX_member,    /* net.enc, prompts.batch, block.len */
  EX_subscript, /* x[b, t + 1, :] */
  EX_tuple,     /* (a, b): two or more */
  EX_list,      /* [B, 2*N]: a shape as an argument */
  EX_with,      /* net with w, net(x) with w: a layer, or a call of one, with other weights */
} ExprKind;

typedef enum UnaryOp { /* UN_neg, UN_not */
#define UNARY(name, text, token, level) UN_##name,
#include "frontend/syntax/token.def"
                       N_UNARY_OPS
} UnaryOp;

typedef enum BinaryOp { /* BIN_or, BIN_and, BIN_eq, ... BIN_add, BIN_matmul, BIN_pow */
#define BINARY(name, text, token, level) BIN_##name,
#include "frontend/syntax/token.def"
                        N_BINARY_OPS
} BinaryOp;

/* The text of an operator: "+", "not", "**". */
const char *unary_op_text(UnaryOp op);
const char *binary_op_text(BinaryOp op);
int binary_op_level(BinaryOp op); /* a higher level binds tighter */

/* An argument f(value) or f(name = value); also a carry 'h = h0' of a scan. */
typedef struct Arg {
  Name name; /* empty for a positional argument */
  Expr *value;
  Span span;
} Arg;

typedef struct Args {
  Arg *data;
  uint32_t len;
} Args;

typedef enum SubKind {
  SUB_poison,
  SUB_expr,  /* i, t + 1, tok[b, t], 0: in 'expr' */
  SUB_all,   /* : */
  SUB_range, /* a:b, either side may be absent (NULL): in 'expr' and 'end' */
  SUB_new,   /* new */
  SUB_rest,  /* ..: all leading axes */
} SubKind;

typedef struct Sub {
  SubKind kind;
  Span span;
  Expr *expr, *end;
} Sub;

typedef struct Exprs {
  Expr **data;
  uint32_t len;
} Exprs;

struct Expr {
  ExprKind kind;
  Span span;
  bool parens;    /* written in parentheses (which are part of the span) */
  uint16_t depth; /* height of the tree below, bounded by the parser */
  union {
    struct {
      bool is_int;
      int64_t i; /* value if is_int */
      double f;  /* value in any case */
      Str text;  /* as written */
    } number;
    Str string; /* escapes resolved */
    bool boolean;
    Str name;
    struct {
      UnaryOp op;
      Expr *a;
    } unary;
    struct {
      BinaryOp op;
      Span op_span;
      Expr *a, *b;
    } binary;
    struct {
      Expr *callee;
      Args args;
    } call;
    struct {
      Name name; /* the index function: a row of index_functions.def */
      Name *indices;
      uint32_t n_indices;
      Expr *axis; /* of [axis = e], else NULL */
      Args args;
    } reduce;
    struct {
      Expr *base;
      Name name;
    } member;
    struct {
      Expr *base;
      Sub *subs;
      uint32_t n_subs;
    } subscript;
    Exprs items; /* tuple, list */
    struct {
      Expr *base, *weights;
    } with;
  };
};

/* ---- types in signatures ---- */

typedef enum TypeExprKind {
  TY_poison,
  TY_tensor, /* f32[B, N], <V>[B, T], f32 */
  TY_tuple,  /* (T1, T2), [L] T */
  TY_size,   /* size: a parameter that is a size expression */
  TY_layer,  /* layer: a parameter that is a layer instance */
} TypeExprKind;

typedef enum DimKind {
  DIM_poison,
  DIM_size, /* N, 2*H */
  DIM_set,  /* {N} */
  DIM_rest, /* .. */
} DimKind;

typedef struct Dim {
  DimKind kind;
  Span span;
  Expr *size; /* size, set */
} Dim;

struct TypeExpr {
  TypeExprKind kind;
  Span span;
  Name dtype;  /* tensor: f32, i32, bool, ...; empty for an index type */
  Expr *index; /* tensor of index type <extent>: the extent; else NULL */
  Dim *dims;
  uint32_t n_dims;
  TypeExpr **items; /* tuple */
  uint32_t n_items;
  Expr *count; /* tuple of equal items, [L] T: their number; items holds T alone. Else NULL */
};

/* ---- statements ---- */

typedef struct Block {
  Stmt **data;
  uint32_t len;
  Span span;      /* with its braces */
  Str *variables; /* of a whole body: the names in grad(loss, name) and grad(loss, (name, name)) */
  uint32_t n_variables;
} Block;

/* The extents given by a trailing 'with b in 128, n in 10'. */
typedef struct WithItem {
  Name index;
  Expr *extent;
} WithItem;

typedef struct With {
  WithItem *data;
  uint32_t len;
} With;

typedef struct LogItem {
  Name name;
  Expr *value; /* NULL: the variable of that name */
  Expr *per;   /* what the value is a mean over ('log loss per b.mask'), or NULL */
} LogItem;

typedef enum StmtKind {
  ST_poison,
  ST_assign,   /* a = e; a[i, j] = e; (a, b) = e */
  ST_expr,     /* e: the result when it is last */
  ST_scan,     /* scan t in T reversed, h = h0 until c { } */
  ST_for,      /* for b in block { }; for i in 3 { } */
  ST_if,       /* if c { } else { }: static */
  ST_assert,   /* assert c, "message": static */
  ST_minimize, /* minimize e over net with adam(lr = 1e-3) every 4; ... when c */
  ST_move,     /* move avg to net with ema(decay = 0.999) */
  ST_repeat,   /* repeat 4 { }; repeat k in 4, n = 0 until c { }: a scan that may change weights */
  ST_log,      /* log loss, kl = mean(k) */
} StmtKind;

struct Stmt {
  StmtKind kind;
  Span span;
  union {
    struct {
      Exprs targets; /* each a name, or a subscript of a name */
      bool tuple;    /* written (a, b) = e */
      bool size;     /* written size M = e */
      Expr *value;
      With with;
    } assign;
    struct {
      Expr *value;
      With with;
    } expr;
    struct {
      Name index; /* repeat: may be empty */
      Expr *extent;
      bool reversed; /* scan only */
      Args carries;  /* every one has a name; a carry without '= first' has been reported, value
                        poisoned */
      Expr *until;   /* or NULL */
      Block body;
    } scan; /* and repeat */
    struct {
      Name var;
      Expr *over; /* an array of layers, or a count */
      Block body;
    } loop;
    struct {
      Expr *condition;
      Block then, otherwise; /* 'else if' is an otherwise of one if statement */
      bool has_else;
    } branch;
    struct {
      Expr *condition;
      Expr *message; /* a string, or NULL */
    } check;
    struct {
      Expr *loss;
      Exprs nets;      /* names or members */
      Expr *optimizer; /* a call or a name */
      Expr *every;     /* steps to an update, or NULL */
      Expr *when;      /* the condition of an update, or NULL */
      bool through;    /* later derivatives go through the update */
    } minimize;
    struct {
      Expr *net, *to; /* names or members */
      Expr *rule;     /* a call or a name */
      Expr *when;     /* or NULL */
      bool through;
    } move;
    struct {
      LogItem *data;
      uint32_t len;
    } log;
  };
};

/* ---- functions and layers ---- */

/* A parameter of a function (with a type) or a constant of a layer, init or optimizer (without). */
typedef struct Param {
  Name name;
  TypeExpr *type; /* NULL for a constant of a layer, init or optimizer */
  Expr *value;    /* the default, or NULL */
  Span span;
} Param;

typedef struct Params {
  Param *data;
  uint32_t len;
} Params;

typedef struct FnDecl {
  Name name; /* empty with span of 'fn' for the call operator of a layer and for an optimizer's rule
              */
  Params params;
  TypeExpr *result; /* NULL: inferred */
  Block body;
  Span span;
} FnDecl;

typedef enum MemberKind {
  MEM_poison,
  MEM_weight, /* W: f32[I, O] ~ glorot_uniform; state mean: f32[D] ~ zeros */
  MEM_layer,  /* enc: LSTM(D, H); block: [L] Block(D, heads) */
  MEM_const,  /* const K = D / heads */
  MEM_fn,     /* fn (x: f32[B]) { }; fn encode(...) { } */
  MEM_if,     /* if bias { b: f32[O] ~ zeros } else { } */
} MemberKind;

typedef struct Members {
  Member **data;
  uint32_t len;
  Span span; /* with its braces; of an 'else if' member, that of the member */
} Members;

struct Member {
  MemberKind kind;
  Span span;
  Name name; /* weight, layer, const */
  union {
    struct {
      TypeExpr *type;
      Expr *init; /* a name or a call; also the state of an optimizer */
      bool state; /* 'state mean: ...': kept from step to step, not trained */
    } weight;
    struct {
      Expr *count; /* of an array, else NULL */
      Name index;  /* of an array whose layers differ: [i in L]; else empty */
      Name layer;
      Args args;
      Expr *call; /* the same as an expression: a call of a name */
    } sublayer;
    Expr *value; /* const */
    FnDecl *fn;
    struct {
      Expr *condition;
      Members then, otherwise;
      bool has_else;
    } branch;
  };
};

/* ---- training programs and data ---- */

typedef enum TrainMemberKind {
  TM_poison,
  TM_setting, /* net = Name(H = 128) from "file" frozen; teacher = copy of net; steps = 1000 */
  TM_state,   /* beta: f32 ~ full(0.2) */
  TM_step,    /* step { } */
  TM_eval,    /* eval test every 500 { }; eval final over b in pairs.batches(64) { } */
  TM_best,    /* best by valid.accuracy max patience 5 */
} TrainMemberKind;

typedef struct TrainMember {
  TrainMemberKind kind;
  Span span;
  Name name;      /* setting; state; eval (empty if it has none); best: the section of its log */
  TypeExpr *type; /* state */
  Expr *value;    /* setting; state: a name or a call, its first value */
  bool copy;      /* setting: a model that begins as a copy of 'value', a name or a member */
  Expr *from;     /* setting: the file of its weights (a string or a constant), or NULL */
  Expr *at;       /* setting: where its weights stand in the file, or NULL */
  Expr *into;     /* setting: the member whose weights are read, or NULL */
  Name names;   /* setting: the declaration that says how weights are called in the file, or none */
  bool frozen;  /* setting */
  Expr *every;  /* eval; NULL: only at the end */
  Name batch;   /* eval: the name of a batch of 'over' */
  Expr *over;   /* eval: what it runs over, or NULL */
  Name log;     /* best */
  bool largest; /* best */
  Expr *patience; /* best: evaluations without a better one before the run ends, or NULL */
  Block body;     /* step, eval */
} TrainMember;

/* src: chars[S]; label: <10>; x: f32[N]; text: words(vocab = 5000)[T] */
typedef struct Column {
  Name name;
  TypeExpr *type; /* a tensor type whose dtype may be any name: a way of reading text */
  Args args;
  Span span;
} Column;

/* "block.{i}.attn.q.W" = "h.{i}.attn.c_attn.weight" part 0 of 3 */
typedef struct NameRule {
  Span span, ours_span, theirs_span;
  Str ours;   /* weights of the model; empty: 'skip', tensors of the file that nothing reads */
  Str theirs; /* tensors of the file */
  bool transpose;
  Expr *part, *of, *times, *plus; /* or NULL */
} NameRule;

/* ---- files ---- */

typedef enum ItemKind {
  ITEM_poison,
  ITEM_import,
  ITEM_const,
  ITEM_fn,
  ITEM_layer,
  ITEM_init,
  ITEM_optimizer,
  ITEM_extern,
  ITEM_gradient,
  ITEM_train,
  ITEM_data,
  ITEM_names,
  N_ITEM_KINDS
} ItemKind;

typedef struct Item {
  ItemKind kind;
  Span span;
  Span braces; /* train, data, names: the block */
  Name name;   /* import rnn: 'rnn'; import "a/b.ordo": the path (is_path) */
  union {
    bool is_path; /* import */
    Expr *value;  /* const */
    FnDecl *fn;   /* fn */
    struct {
      Params constants;
      Members members; /* an optimizer's: weights (its state), constants and one anonymous fn */
    } layer;           /* layer, optimizer */
    struct {
      Params constants;
      TypeExpr *result; /* never NULL: poisoned if it was missing */
      Block body;
    } init;
    struct {
      FnDecl *fn; /* without a body */
      Str library;
      Span library_span;
    } foreign;     /* extern */
    Name function; /* gradient: name is the function differentiated, this one its derivative */
    struct {
      TrainMember *data;
      uint32_t len;
    } train;
    struct {
      Name format; /* tsv, jsonl, ... */
      Args args;
      Column *columns;
      uint32_t n_columns;
    } data;
    struct {
      NameRule *data;
      uint32_t len;
    } names;
  };
} Item;

typedef struct Comment {
  Span span;     /* from '#' to the end of its line, without the line end */
  bool own_line; /* nothing but blanks before it */
} Comment;

typedef struct AstFile {
  const Source *source;
  Item **items;
  uint32_t n_items;
  Comment *comments; /* in order of place, for the formatter */
  uint32_t n_comments;
  bool failed; /* some of it is poisoned */
} AstFile;

#endif
