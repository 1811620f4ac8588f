// Runs glossa's code for two instruction sets in one program:  consumer MODEL [baseline]
// With `baseline` only the code for the oldest CPUs runs.
#include "embed.hpp"
#include "vectors.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace {

/// Whether this CPU runs what wide.cpp was compiled for (x86-64-v3; elsewhere the flags do not differ).
bool runs_wide_code() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
         __builtin_cpu_supports("bmi2") != 0;
#else
  return true;
#endif
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) return std::puts("usage: consumer MODEL [baseline]"), 2;
  const std::vector<std::string> texts = {"the cat sleep", "female protein Кошка museo Kürbis", ""};
  for (const std::string& text : texts) {
    const std::vector<float> baseline = embed_baseline(argv[1], text);
    if (!print_unit_vector("baseline", baseline)) return 1;
    if (argc == 3) continue;
    if (!runs_wide_code()) return std::puts("wide: compiled and linked, not run: this CPU lacks x86-64-v3"), 0;
    const std::vector<float> wide = embed_wide(argv[1], text);
    if (!print_unit_vector("wide", wide) || !print_same("baseline and wide", baseline, wide)) return 1;
  }
  return 0;
}
