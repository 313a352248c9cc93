/* Any bytes as a .gguf file of weights. */
#define FORMAT stored_gguf
#include "stored_fuzz.h"
