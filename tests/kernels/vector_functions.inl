// Values come in; what a level's vectors make of them goes out. For exponential_test.cpp, in the level's namespace: the
// level's functions are inlined into callers that may use its instructions.

/// count: whole vectors.
GLOSSA_KERNEL inline void exponentials_of(float* x, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kLanes<float>) store(x + i, exponential(load(x + i)));
}

GLOSSA_KERNEL inline void error_functions_of(float* x, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kLanes<float>) store(x + i, error_function(load(x + i)));
}
