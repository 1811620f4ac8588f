// Writes the small model folder that consumers are run with:  make_model DIR
#include "random_model.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 2) return std::cerr << "usage: make_model DIR\n", 2;
  test::write_family(argv[1], test::family("multilingual-e5-small"));
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
