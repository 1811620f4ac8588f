// A command that compares vectors comes in; it goes out with the options that tell where these come from.
#pragma once

#include "cluster_arguments.hpp"
#include "command_line.hpp"

#include <CLI/CLI.hpp>

namespace tool {

/// --model or --vectors, and what goes with a model alone. required: one of the two has to be there.
inline void add_vector_source(CLI::App* command, VectorArguments& arguments, bool required) {
  CLI::Option_group* source = command->add_option_group("vectors");
  CLI::Option* model = source->add_option("--model", arguments.model, "folder of the model that embeds the texts");
  model->type_name("DIR");
  source->add_option("--vectors", arguments.vectors, "vectors in place of a model: a NumPy array, one row a line")
      ->type_name("F.npy");
  source->require_option(required ? 1 : 0, 1);
  add_role(command, arguments.role);
  add_precision(command, arguments.precision);
  add_threads(command, arguments.threads);
  add_dims(command, arguments.dims);
  for (const char* option : {"--role", "--precision", "--dims"}) command->get_option(option)->needs(model);
}

}  // namespace tool
