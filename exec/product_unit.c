/* The tile unit of x86 and the operating system's leave to use it. */
#include "exec/product_bf16.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From asm/prctl.h and the processor's manual: older headers do not have them. */
enum { REQUEST_STATE = 0x1023, TILE_DATA = 18, CPUID_FEATURES = 7, EDX_BF16 = 22, EDX_TILE = 24 };

static bool has_unit(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid_count(CPUID_FEATURES, 0, &a, &b, &c, &d)) return false;
  return d >> EDX_BF16 & d >> EDX_TILE & 1;
}

/* A repeated request costs less than a microsecond, so that nothing need be remembered. */
bool bf16_unit_usable(void) {
  return has_unit() && !syscall(SYS_arch_prctl, REQUEST_STATE, TILE_DATA);
}
#else
bool bf16_unit_usable(void) { return false; }
#endif
