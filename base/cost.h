/* Every threshold that costs are compared with, whoever compares: passes, code, what runs. Costs
 * are counted in flops: the column .flops of ir/ops.def (ir/cost.h).
 *
 * What follows from the machine's registers stands with the machine instead: vector bytes and
 * registers in codegen/target.h, the tile of a product that fits them in codegen/gemm.h. Blocks of
 * products stand here, because the order of their sums (PRODUCT_K_BLOCK, PRODUCT_LONG) must be the
 * same on every machine. */
#ifndef ORDO_BASE_COST_H
#define ORDO_BASE_COST_H

enum {
  TYPICAL_EXTENT = 64, /* of a symbol, when sizes are compared before they are known */

  /* elementwise, flops for an element */
  COST_REPEATED =
      4, /* fuse: up to this, each reader that wants a part computes it for itself: no pass over memory pays for less */
  COST_SAVED =
      8, /* grad: more than this a reverse loop saves rather than repeats: saving is one store and one load */
  COST_UNROLLED =
      12, /* codegen: up to this, loops are unrolled and four accumulators are used; more fills the registers */
  COST_ROWS =
      256, /* codegen: from so many rows on, a row is a work item: enough of them for all threads */
  COST_SCATTER_WIDE = 16,    /* rules: rows of so many numbers are added as vectors; */
  COST_SCATTER_ROWS = 4,     /* from so many places on that is less than asking each place, */
  COST_SCATTER_NUMBERS = 64, /* and from so many on for single numbers */
  CHAIN_REPEATED = 48,       /* fuse: scalar nodes that every work item may compute again */

  /* work in flops and bytes */
  WORK_PARALLEL = 200000, /* that is worth waking a thread for: about 5 microseconds of one core */
  ITEM_ELEMENTS =
      4096, /* elements of a map that one work item takes; a reduction over all axes that one may own */
  COPY_BLOCK = 1 << 16, /* bytes that one work item copies */
  COLUMN_BLOCK = 64,    /* adjacent columns of a scatter that are one work item */

  /* products: exec/product.c says how a product is cut */
  PRODUCT_K_BLOCK = 512,        /* at most: a panel of 64 columns is 128 KiB of f32 */
  PRODUCT_N_BLOCK = 1024,       /* columns of a job at most: multiple of every tile's width */
  PRODUCT_B_BYTES = 1 << 19,    /* of B in a job's block: it stays in the second-level cache */
  PRODUCT_A_BYTES = 1 << 21,    /* of A that are packed together */
  PRODUCT_CHUNK = 8,            /* rows of tiles that a thread takes at a time, at most; */
  PRODUCT_JOBS = 4,             /* so many for each thread at least, where there are enough */
  PRODUCT_HELP = 96,            /* rows left from which on another thread helps at once */
  PRODUCT_TALL = 512,           /* rows a thread from which on B may be packed by each */
  PRODUCT_LONG = 64,            /* blocks of k that are summed in the element type */
  PRODUCT_SERIAL = 1 << 17,     /* multiplications below which threads do not pay */
  PRODUCT_SMALL = 1 << 20,      /* below which an item is not shared by threads */
  PRODUCT_UNCUT = 4,            /* items a thread from which on no item is shared */
  PACK_A_ROWS = 96,             /* rows of A packed at a time: multiple of every tile's rows */
  PACK_A_COLUMNS = 128,         /* of C from which on packing A pays */
  IN_PLACE_FEW = 72,            /* up to so many rows B is not packed; */
  IN_PLACE_ROWS = 128,          /* up to so many only when its rows lie so near to each other */
  IN_PLACE_BYTES = 1 << 19,     /* that a panel does not evict itself from the second-level cache */
  BF16_K_BLOCK = 2048,          /* of products in bf16: what is packed at a time; changes no bit */
  BF16_K_VECTORS = 512,         /* the same where there is no tile unit */
  ROWS_BYTES = 1 << 16,         /* of a product's rows that its kernel takes at a time; */
  ROWS_BF16_BYTES = 1 << 19,    /* more in bf16: the tile unit takes some 10 us to wake up */
  ROWS_FEWEST = 12,             /* so many rows at least; */
  ROWS_B_BYTES = 1 << 20,       /* with a larger B, which each part reads again, more: */
  ROWS_OF_K = 2,                /* a row for so many k, if that is */
  ROWS_MOST = 1 << 20,          /* no more bytes than this; else the product is made as a whole */
  PRODUCT_KEPT_BYTES = 1 << 25, /* of B packed for all turns of a loop, at most */
  BF16_PACK_UNIT = 64,   /* packing an element costs as much as so many multiplications of it, */
  BF16_PACK_VECTORS = 6, /* on the tile unit and on vectors */

  /* large values made in blocks: passes/blocks */
  BLOCK_BYTES = 1 << 22, /* of a block of the largest value: it stays in the caches; */
  BLOCK_ROWS = 128,      /* so many rows where products have them, or sums go over them */
  BLOCK_FEWEST = 8,      /* blocks of the smallest value that is large */
  BLOCK_LEVELS = 3,      /* loops over one value at most: each computes it again */

  /* library functions */
  INSERTION = 24,       /* elements up to which a sort inserts */
  LONG_SUM = 4096,      /* additions of f32 in one chain; a scatter adds more up in double, */
  SUMS_TOGETHER = 8192, /* so many sums at a time, on the stack, */
  SUMS_PASSES = 4,      /* where that takes no more than so many passes over what is added */
};

#endif
