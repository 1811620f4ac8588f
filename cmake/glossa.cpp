// The library's definitions, compiled once; see <glossa/core/linkage.hpp>.
#define GLOSSA_IMPLEMENTATION
#include <glossa/glossa.hpp>
