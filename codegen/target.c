/* Target detection: the host's name and features come from LLVM, the widths below are fixed
 * baselines. */
#include "codegen/target.h"

#include <string.h>

#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>

/* Baselines that can be asked for by name. A baseline runs where the host's features hold all of
 * its needs. */
typedef struct Baseline {
  const char *name, *cpu;
  const char *needs[6];
  int vector_bytes, vector_registers;
  bool fma;
} Baseline;

static const Baseline baselines[] = {
    {"avx512", "x86-64-v4", {"avx512f", "avx512bw", "avx512dq", "avx512vl", "fma"}, 64, 32, true},
    {"avx2", "x86-64-v3", {"avx2", "fma"}, 32, 16, true},
    {"sse2", "x86-64", {"sse2"}, 16, 16, false},
};
enum { N_BASELINES = sizeof baselines / sizeof *baselines };

/* Whether "+feature" is an item of the comma-separated list. */
static bool has_feature(const char *features, const char *feature) {
  size_t n = strlen(feature);
  for (const char *item = features; item; item = strchr(item, ',')) {
    if (*item == ',') item++;
    if (*item == '+' && !strncmp(item + 1, feature, n) && (item[n + 1] == ',' || !item[n + 1]))
      return true;
  }
  return false;
}

static bool runs_on(const Baseline *base, const char *features) {
  for (const char *const *need = base->needs; *need; need++)
    if (!has_feature(features, *need)) return false;
  return true;
}

static const char *take_message(Arena *arena, char *message) {
  const char *copy = arena_strdup(arena, message);
  LLVMDisposeMessage(message);
  return copy;
}

Target target_host(Arena *arena) {
  Target target = {
      .cpu = take_message(arena, LLVMGetHostCPUName()),
      .features = take_message(arena, LLVMGetHostCPUFeatures()),
      .vector_bytes = 16,
      .vector_registers = 32,
      .fma = true, /* true of every 64-bit machine but the oldest x86, which the table settles */
  };
  for (int i = 0; i < N_BASELINES; i++)
    if (runs_on(&baselines[i], target.features)) {
      target.vector_bytes = baselines[i].vector_bytes;
      target.vector_registers = baselines[i].vector_registers;
      target.fma = baselines[i].fma;
      break;
    }
  return target;
}

bool target_baseline(int i, const char **name, Target *out) {
#if defined(__x86_64__)
  if (i < 0 || i >= N_BASELINES) return false;
  const Baseline *base = &baselines[i];
  *name = base->name;
  *out = (Target){base->cpu, "", base->vector_bytes, base->vector_registers, base->fma};
  return true;
#else
  (void)i, (void)name, (void)out;
  return false;
#endif
}

bool target_find(Arena *arena, const char *name, Target *out) {
  Target host = target_host(arena);
  if (!strcmp(name, "host")) {
    *out = host;
    return true;
  }
  for (int i = 0; i < N_BASELINES; i++) {
    const Baseline *base = &baselines[i];
    if (strcmp(name, base->name) != 0) continue;
    *out = (Target){base->cpu, "", base->vector_bytes, base->vector_registers, base->fma};
    return runs_on(base, host.features);
  }
  return false;
}

static void mark(LLVMValueRef function, const char *key, const char *value) {
  LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
  LLVMAttributeRef attribute = LLVMCreateStringAttribute(context, key, (unsigned)strlen(key), value,
                                                         (unsigned)strlen(value));
  LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, attribute);
}

void target_mark(const Target *target, LLVMValueRef function) {
  LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
  const char *bits = target->vector_bytes == 64   ? "512"
                     : target->vector_bytes == 32 ? "256"
                                                  : "128";
  unsigned nounwind = LLVMGetEnumAttributeKindForName("nounwind", strlen("nounwind"));
  mark(function, "target-cpu", target->cpu);
  mark(function, "target-features", target->features);
  mark(function, "prefer-vector-width", bits);
  mark(function, "min-legal-vector-width", bits);
  LLVMAddAttributeAtIndex(function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                          LLVMCreateEnumAttribute(context, nounwind, 0));
}

const char *target_llvm(Arena *arena) {
  unsigned major, minor, patch;
  LLVMGetVersion(&major, &minor, &patch);
  return arena_printf(arena, "%u.%u.%u", major, minor, patch);
}
