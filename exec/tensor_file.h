/* Headers of safetensors files for libordort: read strictly, without another library, from bytes
 * that nobody vouches for.
 *
 * Layout: u64 length of the header (little-endian), the header, the tensors' bytes. The header is
 * JSON of one form: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, ...,
 * "__metadata__": {"key": "text", ...}}. Offsets count from the end of the header; the tensors
 * touch each other and end where the file ends. Checksums are those of io/safetensors.c.
 */
#ifndef ORDO_EXEC_TENSOR_FILE_H
#define ORDO_EXEC_TENSOR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FILE_RANK = 16 };

typedef struct FileTensor {
  const char *name, *dtype;
  uint32_t rank; /* of more axes than FILE_RANK only the first are kept */
  int64_t dims[FILE_RANK], begin, end;
} FileTensor;

typedef struct FileMeta {
  const char *key, *value;
} FileMeta;

typedef struct FileHeader {
  FileTensor *tensors; /* by name; each is there once */
  FileMeta *meta;      /* by key; each is there once */
  uint32_t n_tensors, n_meta;
  int64_t data;   /* where offsets count from */
  char *texts;    /* of names and values */
  char why[160];  /* it cannot be read */
  bool no_memory; /* that is why */
} FileHeader;

/* False: header->why. file_header_free follows in any case. */
bool file_header_read(FileHeader *header, const void *file, int64_t bytes);
void file_header_free(FileHeader *header);
/* NULL: there is none. */
const FileTensor *file_header_tensor(const FileHeader *header, const char *name);
const char *file_header_meta(const FileHeader *header, const char *key);

/* CRC-32 as zlib's, which begins with 0. */
typedef struct Crc32 {
  uint32_t table[8][256];
} Crc32;
void crc32_init(Crc32 *crc);
uint32_t crc32_add(const Crc32 *crc, uint32_t value, const void *bytes, size_t n);

/* A list on the heap that grows: room for one more of 'size' bytes; false when there is none. */
bool heap_grow(void **list, size_t size, size_t n, size_t more);

#endif
