// The kernels of one level of instructions, for its header to include in its namespace, behind its vectors and the
// macros GLOSSA_KERNEL and GLOSSA_KERNEL_INLINE. The blank lines keep the order.

#include <glossa/kernels/level/activation.inl>

#include <glossa/kernels/level/panel.inl>

#include <glossa/kernels/level/multiply.inl>

#include <glossa/kernels/level/rounded.inl>

#include <glossa/kernels/level/normalize.inl>

#include <glossa/kernels/level/attention.inl>

#include <glossa/kernels/level/row_sums.inl>

#include <glossa/kernels/level/repulsion.inl>

#include <glossa/kernels/level/code_sums.inl>

#include <glossa/kernels/level/centers.inl>
