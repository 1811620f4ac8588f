// The store's definitions, compiled once.
#define GLOSSA_STORE_IMPLEMENTATION
#include <glossa/store/store.hpp>
