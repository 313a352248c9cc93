/* Chains over values that are much larger than what goes in and what comes out.
 *
 * The scores of an attention have a number for each pair of places, its result one for each place
 * and feature; the logits of a language model have one for each token and word, the loss one for
 * each token. Where such a chain is computed row by row along some axis, the pass 'blocks' makes a
 * loop over blocks of these rows: no more than a block of a large value is ever in memory.
 *
 *   BlockCut     how a value is cut: along an axis of extent pre * rows * inner, where pre and
 *                inner are what a reshape has merged in front of the rows and behind them
 *   BlockRegion  which values are made in blocks: grown from a large one along the ops that keep
 *                rows apart (passes/blocks/block_cut.c), up to sums over rows, which become carried
 *                values of the loop, and to values that are small
 *   level        a part of the region needs what is made of all rows of another part: the gradient
 *                of an attention needs that of the loss. Each level is a loop of its own. What one
 *                needs of the large values of another it computes again; small ones are kept.
 */
#ifndef ORDO_PASSES_BLOCKS_BLOCKS_H
#define ORDO_PASSES_BLOCKS_BLOCKS_H

#include "passes/walk.h"

typedef struct BlockCut {
  int axis; /* BLOCK_WHOLE: not cut */
  Sz pre;
} BlockCut;
enum { BLOCK_WHOLE = -1, BLOCK_AXES = 4 /* more, at most, while it is taken apart */ };
static inline BlockCut block_whole(void) { return (BlockCut){BLOCK_WHOLE, SZ_NONE}; }
static inline bool block_is_cut(BlockCut c) { return c.axis != BLOCK_WHOLE; }
static inline bool block_cut_eq(BlockCut a, BlockCut b) {
  return a.axis == b.axis && (!block_is_cut(a) || sz_eq(a.pre, b.pre));
}

/* The rows of a graph that are cut: 'count' blocks of 'rows' hold 'extent' of them, and some more
 * when they do not divide. */
typedef struct BlockRows {
  const Graph *g;
  Sz extent, rows, count;
} BlockRows;

/* ---- what ops do with rows: passes/blocks/block_cut.c ---- */
/* What is behind the rows in the axis that is cut. */
Sz block_inner(const BlockRows *b, Ty type, BlockCut cut);
/* The type of one block. */
Ty block_type(const BlockRows *b, Ty type, BlockCut cut);
/* How the operands have to be cut for a result that is; false: the op puts rows together. */
bool block_operands(const BlockRows *b, Ref r, BlockCut y, BlockCut *operands);
typedef enum BlockUse { BLOCK_together, BLOCK_apart, BLOCK_sums } BlockUse;
/* What becomes of operand k under a cut: a result that is cut (*y), or a sum over rows. */
BlockUse block_use(const BlockRows *b, Ref r, int k, BlockCut a, BlockCut *y);
/* How the operands of a sum over rows are cut, when operand k is. */
void block_sum_operands(const BlockRows *b, Ref r, int k, BlockCut a, BlockCut *operands);

/* ---- what is made in blocks: passes/blocks/block_region.c ---- */
typedef enum BlockPart {
  PART_none, /* outside */
  PART_row,  /* in blocks; who needs it outside gets it from the loop */
  PART_free, /* made of little: by each who needs it */
  PART_sum,  /* a sum over rows: whole, and ready when the loop is */
} BlockPart;

typedef struct BlockRegion {
  PassCtx *pc;
  BlockRows rows;
  Ref seed;
  const uint32_t *first, *users; /* of node i: users[first[i]] to users[first[i + 1]] */
  bool *result;                  /* of the graph, by node */
  uint8_t *part;                 /* BlockPart, by node */
  BlockCut *cut;
  BlockCut **operands; /* of nodes that are part */
  int *in, *out;       /* levels: as a part, and as a value outside */
  int levels;
  bool *kept;    /* rows that a loop hands out */
  bool *outside; /* of free values: needed outside, too */
  bool *needed;  /* scratch of block_closure */
  VEC(Ref) todo;
  const char *obstacle; /* what keeps a large value whole: node 'at' */
  Ref at;
  double lines; /* a row is so many lines of a product, at least, that has them as its own lines or
                   adds them up; 0: there is none */
  double large; /* elements from which on a value is large here */
  double edges, sums, blocks; /* bytes: of slices and of kept rows, of sums, of the largest value */
} BlockRegion;

/* Grows the region around a large value cut along an axis, for any number of rows a block; false:
 * its op puts them together. */
bool block_grow(BlockRegion *region, Ref seed, BlockCut cut);
/* Marks in needed what the loop of a level computes. */
void block_closure(BlockRegion *region, int level);
/* Whether operand k of a part is made in the loop of a level, not handed in. */
bool block_inside(const BlockRegion *region, Ref r, int k, int level);
double block_bytes(const Graph *g, Ref r);

/* ---- the loops: passes/blocks/block_loop.c ---- */
/* The graph with the region in loops; *map tells where old nodes went. */
Graph *block_rewrite(BlockRegion *region, RefMap *map);

#endif
