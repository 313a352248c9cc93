/* Any bytes as a .pt file of weights. */
#define FORMAT stored_pt
#include "stored_fuzz.h"
