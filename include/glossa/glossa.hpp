// Everything but the optional parts, in the order of the pipeline.
#pragma once

#include <glossa/cluster/choose_clusters.hpp>
#include <glossa/cluster/cluster_quality.hpp>
#include <glossa/cluster/kmeans.hpp>
#include <glossa/cluster/mini_batch_kmeans.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/expected.hpp>
#include <glossa/embedder.hpp>
#include <glossa/eval/label_agreement.hpp>
#include <glossa/search/any_index.hpp>
#include <glossa/search/flat_index.hpp>
#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/ivf_index.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/search/require_model.hpp>
#include <glossa/search/score_scale.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/search/top_k.hpp>
#include <glossa/text/compiled_vocabulary.hpp>
#include <glossa/text/tokenizer.hpp>
