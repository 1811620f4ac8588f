// The kernels of training of one level of instructions, behind those of its own header. The blank lines keep the order.

#include <glossa/kernels/level/training/outer.inl>

#include <glossa/kernels/level/training/rounded_sums.inl>

#include <glossa/kernels/level/training/gradients.inl>

#include <glossa/kernels/level/training/trained_attention.inl>

#include <glossa/kernels/level/training/adamw.inl>
