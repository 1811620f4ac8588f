// The command line comes in; the arguments of glossa cluster go out.
#include "cluster_arguments.hpp"
#include "command_line.hpp"
#include "vector_options.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace tool {
namespace {

constexpr double kLargest = 1e30;

void add_source(CLI::App* command, ClusterArguments& arguments) {
  add_vector_source(command, arguments.vectors, true);
  command->add_option("--input", arguments.input, R"(JSON lines {"text", "lang" if known}; - reads standard input)")
      ->required()
      ->type_name("F|-");
}

void add_algorithm(CLI::App* command, ClusterArguments& arguments) {
  command->add_option("--algorithm", arguments.algorithm, "how clusters are found")
      ->required()
      ->check(CLI::IsMember({"kmeans", "minibatch", "dbscan", "hdbscan", "agglomerative", "communities"}));
  command
      ->add_option("--k", arguments.k,
                   "clusters: of kmeans, minibatch, agglomerative (default: 2 to 20, by silhouette)")
      ->type_name("N")
      ->check(CLI::Range(1, kMost));
  command
      ->add_option(
          "--eps", arguments.eps,
          "dbscan: the largest distance of neighbours, 1 - cosine (default: half of the texts are core points)")
      ->type_name("E")
      ->check(between(0, 2));
  command
      ->add_option("--threshold", arguments.threshold,
                   "communities: the least cosine with the middle (default: half of the texts could be one); "
                   "agglomerative, in place of --k: the distance at which merging ends")
      ->type_name("T")
      ->check(between(-1, kLargest));
  command
      ->add_option("--min-samples", arguments.min_samples,
                   "dbscan, hdbscan: texts in a dense text's surroundings (default: 5, or as --min-size)")
      ->type_name("N")
      ->check(CLI::Range(1, kMost));
  command
      ->add_option("--min-size", arguments.min_size,
                   "hdbscan, communities: texts of a cluster at least (default: 5, 10)")
      ->type_name("N")
      ->check(CLI::Range(1, kMost));
  command->add_option("--linkage", arguments.linkage, "agglomerative: what the distance of two clusters is")
      ->check(CLI::IsMember({"ward", "average", "complete", "single"}))
      ->capture_default_str();
  command
      ->add_option("--center", arguments.center,
                   "subtract the mean of each language, or of all vectors, or none (default: lang where lines have it)")
      ->check(CLI::IsMember({"lang", "all", "none"}));
  command->add_option("--starts", arguments.starts, "kmeans: runs, of which the best counts (default: 4)")
      ->type_name("N")
      ->check(CLI::Range(1, kMost));
  command->add_option("--seed", arguments.seed, "of everything that is drawn at random")
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--spherical", arguments.spherical, "kmeans: by directions alone");
}

}  // namespace

void add_cluster_command(CLI::App& app, Run& run) {
  const auto arguments = std::make_shared<ClusterArguments>();
  CLI::App* command = app.add_subcommand("cluster", "group texts by their meaning, and draw a map of them");
  add_source(command, *arguments);
  command->add_option("--output", arguments->output, "the same lines with a field \"cluster\", -1 for noise")
      ->required()
      ->type_name("F|-");
  add_algorithm(command, *arguments);
  command
      ->add_option("--summary", arguments->summary,
                   "a line of JSON a cluster: size, keywords, its middle and a few texts around it")
      ->type_name("F|-");
  CLI::Option* map =
      command
          ->add_option("--map", arguments->map, "a map of the texts: a page, F.html, or a picture, F.svg")

          ->type_name("F.html|F.svg");
  command->add_option("--projection", arguments->projection, "how the map is made")
      ->check(CLI::IsMember({"tsne", "pca"}))
      ->capture_default_str()
      ->needs(map);
  command
      ->add_option("--perplexity", arguments->perplexity,
                   "tsne: about how many neighbours a text counts with (default: 30)")
      ->check(between(1, 10000))
      ->needs(map);
  command->add_option("--title", arguments->title, "of the map (default: the input's name)")
      ->type_name("TEXT")
      ->needs(map);
  command->callback([arguments, &run] { run = [arguments] { return cluster(*arguments); }; });
}

}  // namespace tool
