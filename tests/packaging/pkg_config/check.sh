#!/bin/bash
# Runs what build.sh made:  pkg_config/check.sh OUT MODEL
set -eu
out=$1 model=$2
fail() { echo "pkg_config: $*" >&2; exit 1; }

# One program, two instruction sets, the linker's choice of copies either way round.
for program in consumer reversed; do
  "$out/$program" "$model" || fail "$program fails"
done
case $(uname -m) in
  x86_64) ;;
  *) echo "machine code not examined: not x86-64"; exit 0 ;;
esac

# Code that depends on the instruction set must not be shared: every such function has the set in its name.
weak() { nm -C --defined-only "$1" | sed -n 's/^[0-9a-f]* [WVu] //p' | LC_ALL=C sort -u; }
weak "$out/baseline.o" >"$out/baseline.names"
weak "$out/wide.o" >"$out/wide.names"
LC_ALL=C comm -12 "$out/baseline.names" "$out/wide.names" >"$out/shared.names"
if grep -E 'Eigen::|isa_' "$out/shared.names"; then fail "these kernels are merged between instruction sets"; fi
grep -q 'isa_sse2::' "$out/baseline.names" || fail "no kernels for SSE2 in baseline.o"
grep -q 'isa_avx2_fma::' "$out/wide.names" || fail "no kernels for AVX2 in wide.o"
# Of the baseline's functions, only the kernels that are called after asking the processor have AVX code.
objdump -dC --no-show-raw-insn "$out/baseline.o" | awk '
  /^[0-9a-f]+ <.*>:$/ { name = $0 }
  /[%](ymm|zmm)|[[:space:]]v(mov|add|mul|fm|xor)[a-z]*[[:space:]]/ && name !~ /::avx(2|512)::/ { print name; exit }
' >"$out/avx.names"
if [ -s "$out/avx.names" ]; then
  cat "$out/avx.names"
  fail "AVX code in baseline.o"
fi
grep -q 'isa_sse2::avx2::' "$out/baseline.names" || fail "no kernels chosen at run time in baseline.o"
echo "$(wc -l <"$out/shared.names") inline functions are shared, no kernel among them"

# With the baseline's object first, that code runs on a CPU that has no AVX.
if command -v qemu-x86_64 >/dev/null; then
  qemu-x86_64 -cpu Nehalem "$out/consumer" "$model" baseline || fail "the baseline code needs more than SSE4.2"
  echo "ran on an emulated CPU without AVX"
else
  echo "not run on a CPU without AVX: no qemu-x86_64 (Debian: qemu-user)"
fi
