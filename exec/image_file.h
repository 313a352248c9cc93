/* An image as bytes, as it stands in an object file: a header, then the records of each part. Of
 * the byte order and layout of the machine that it is for. */
#ifndef ORDO_EXEC_IMAGE_FILE_H
#define ORDO_EXEC_IMAGE_FILE_H

#include "exec/image.h"

/* Bytes that image_write needs. */
int64_t image_file_bytes(const Image *image);
/* to: aligned to 8 bytes. */
void image_write(const Image *image, void *to);
/* The image points into the bytes (aligned to 8). False when they are none of this version. */
bool image_read(const void *bytes, int64_t n, Image *image);

#endif
