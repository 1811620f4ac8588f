// Folders of the store, read by Python's faiss; run by tests/store/servers/real.py.
#include "catch.hpp"
#include "paths.hpp"
#include "run_python.hpp"
#include "vector_store_cases.hpp"

#include <glossa/store/connectors/faiss.hpp>

#include <string>

TEST_CASE("Python's faiss reads what was saved, and finds the same", "[faiss]") {
  const test::TemporaryFolder temporary;
  for (const glossa::Metric metric : {glossa::Metric::cosine, glossa::Metric::dot, glossa::Metric::euclidean})
    for (const glossa::FaissKind kind : {glossa::FaissKind::flat, glossa::FaissKind::ivf_pq}) {
      const auto folder =
          temporary.path() / (std::string(to_string(metric)) + (kind == glossa::FaissKind::flat ? "-flat" : "-ivf"));
      glossa::FaissOptions options{.dims = 16,
                                   .metric = metric,
                                   .kind = kind,
                                   .lists = 8,
                                   .pq_parts = 8,
                                   .pq_bits = 6,
                                   .train_rows = 500,
                                   .probes = 8,
                                   .keep_vectors = kind == glossa::FaissKind::flat};
      glossa::FaissStore store(options, folder);
      store.upsert(test::any_records(800, 16, 3));
      store.remove(std::vector<std::string>{"r5", "r6"});
      store.save();
      const auto query = test::any_records(1, 16, 4).front().vector;
      std::string numbers, ids, scores;
      for (const float x : query) numbers += (numbers.empty() ? "" : ",") + std::to_string(x);
      std::vector<float> rounded;
      for (const float x : query) rounded.push_back(std::stof(std::to_string(x)));
      for (const auto& hit : store.search(rounded, 10)) {
        ids += (ids.empty() ? "" : ",") + hit.id;
        scores += (scores.empty() ? "" : ",") + std::to_string(hit.score);
      }
      INFO(to_string(metric) << (kind == glossa::FaissKind::flat ? " flat" : " ivf_pq"));
      CHECK(test::run_python("read_faiss.py", {folder.string(), numbers, ids, scores}) == 0);
    }
}
