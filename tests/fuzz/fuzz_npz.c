/* Any bytes as a .npz file of weights. */
#define FORMAT stored_npz
#include "stored_fuzz.h"
